using System.CommandLine;
using MLNetExtensions;
using Trainers;

namespace Cli;

/// <summary>Options of commands that train: where and how is computed.</summary>
internal static class ComputeOptions
{
    private static readonly ImageClassifierOptions Defaults = new();

    public static readonly Option<string> Device = new("--device") { Description = "auto, cpu or cuda:0.", DefaultValueFactory = _ => Defaults.Device };
    public static readonly Option<string> Precision = new("--precision") { Description = "auto, fp32 or bf16.", DefaultValueFactory = _ => "auto" };
    public static readonly Option<int?> Threads = new("--threads") { Description = "Threads that compute on a CPU; without it one per core." };

    public static TrainingPrecision ReadPrecision(ParseResult parsed) => parsed.GetValue(Precision) switch
    {
        "auto" => TrainingPrecision.Auto,
        "fp32" => TrainingPrecision.Full,
        "bf16" => TrainingPrecision.Mixed,
        var other => throw new ImageClassificationException($"--precision is '{other}'; expected auto, fp32 or bf16."),
    };
}
