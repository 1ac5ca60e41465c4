using MLVision.Cli.Scores;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Scores;

/// <summary>The variables that SLURM's sbatch(1), Open MPI's mpirun(1) and Kubernetes' Indexed Jobs document.</summary>
public class ShardVariablesTests
{
    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4", "3/4")]
    [InlineData("SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1", "0/4")]
    [InlineData("SLURM_ARRAY_TASK_ID=15 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_STEP=5", "2/3")]
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2", "1/2")]
    [InlineData("JOB_COMPLETION_INDEX=0 JOB_COMPLETIONS=8", "0/8")]
    [InlineData("JOB_COMPLETION_INDEX=5 JOB_COMPLETIONS=8 OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1", "5/8")]
    public void Read_Scheduler_GivesItsShard(string variables, string shard)
    {
        var read = Read(variables);

        Assert.Equal(shard, read?.Shard.ToString());
        Assert.StartsWith(variables.Split('=')[0], read?.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1")]
    [InlineData("SLURM_ARRAY_TASK_COUNT=4")]
    public void Read_NoScheduler_IsNothing(string variables) => Assert.Null(Read(variables));

    [Theory]
    [InlineData("JOB_COMPLETION_INDEX=1", "but no JOB_COMPLETIONS")]
    [InlineData("SLURM_ARRAY_TASK_ID=1", "but no SLURM_ARRAY_TASK_COUNT")]
    [InlineData("OMPI_COMM_WORLD_RANK=x OMPI_COMM_WORLD_SIZE=2", "OMPI_COMM_WORLD_RANK=x, which is no whole number")]
    [InlineData("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1", "not one of 3 numbers from 1 in steps of 1")]
    [InlineData("JOB_COMPLETION_INDEX=9 JOB_COMPLETIONS=8", "asks for shard 9 of 8")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=4 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2",
        "say that this is shard 1/4, OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE that it is 1/2")]
    public void Read_Contradiction_IsRefused(string variables, string part)
    {
        var error = Assert.Throws<ImageClassificationException>(() => Read(variables));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static (Shard Shard, string Source)? Read(string variables)
    {
        var values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return ShardVariables.Read(name => values.GetValueOrDefault(name));
    }
}
