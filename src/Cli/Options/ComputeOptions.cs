using System.CommandLine;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Options;

/// <summary>Options of commands that train: where and how is computed.</summary>
internal static class ComputeOptions
{
    public static readonly Option<ComputeDevice> Device = DeviceOption.Training();
    public static readonly Option<TrainingPrecision> Precision = Choice.Of(
        "--precision", "The numbers that are computed with; without it auto.",
        ("auto", TrainingPrecision.Auto), ("fp32", TrainingPrecision.Full), ("bf16", TrainingPrecision.Mixed),
        ("fp32-strict", TrainingPrecision.Strict));
    public static readonly Option<int?> Threads = NumberOption.Whole(
        "--threads", "Threads that compute on a CPU; without it one per core.");
}
