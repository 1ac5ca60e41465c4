using System.CommandLine;

namespace MLVision.Cli.Benchmarks;

/// <summary><c>mlvision benchmark</c>: how fast this machine trains and scores.</summary>
internal static class BenchmarkCommand
{
    public static Command Create() => new("benchmark", "Measures speed on this machine.")
    {
        BenchmarkTrainCommand.Create(),
        BenchmarkScoreCommand.Create(),
    };
}
