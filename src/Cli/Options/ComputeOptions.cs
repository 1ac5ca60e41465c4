using System.CommandLine;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Options;

/// <summary>Options of commands that train: where and how is computed.</summary>
internal static class ComputeOptions
{
    private static readonly ImageTrainingOptions Defaults = new();

    public static readonly Option<string> Device = new("--device")
    {
        Description = "auto, cpu or cuda:0.",
        DefaultValueFactory = _ => Defaults.Device,
    };
    public static readonly Option<TrainingPrecision> Precision = Choice.Of(
        "--precision", "The numbers that are computed with; without it auto.",
        ("auto", TrainingPrecision.Auto), ("fp32", TrainingPrecision.Full), ("bf16", TrainingPrecision.Mixed));
    public static readonly Option<int?> Threads = NumberOption.Whole(
        "--threads", "Threads that compute on a CPU; without it one per core.");
}
