using System.CommandLine;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Options;

/// <summary>What the commands that score have in common.</summary>
internal static class ScoringOptions
{
    /// <summary>The option <c>--fast</c>.</summary>
    public static Option<bool> Fast() => new("--fast")
    {
        Description = "Decode and resize fast, instead of exactly as ML.NET's chain does.",
    };

    /// <summary>The option <c>--ignore-orientation</c>.</summary>
    public static Option<bool> IgnoreOrientation() => new("--ignore-orientation")
    {
        Description = "Use pictures as they are stored, whatever EXIF says; for a model that was trained in this way.",
    };

    /// <summary>The option <c>--max-skipped</c>.</summary>
    public static Option<int> MaxSkipped(int otherwise) =>
        NumberOption.Whole("--max-skipped", "Unreadable images that are skipped and listed; one more is an error.", otherwise);

    /// <summary>The option <c>--batch-size</c>.</summary>
    public static Option<int?> BatchSize() => NumberOption.Whole(
        "--batch-size", "Images in one call of the model; without it 1 on a CPU, 64 on an NVIDIA GPU, 16 elsewhere.");

    /// <summary>What <c>--max-skipped</c> is.</summary>
    /// <exception cref="OptionOutOfRangeException">It is negative.</exception>
    public static int ReadMaxSkipped(ParseResult parsed, Option<int> option)
    {
        var count = parsed.GetValue(option);
        OptionOutOfRangeException.ThrowUnless(count >= 0, "MaxSkipped", count, "0 or more");
        return count;
    }

    /// <summary>The option <c>--min-familiarity</c>.</summary>
    public static Option<double?> MinFamiliarity() => NumberOption.Real(
        "--min-familiarity", "Share of known images, at most, that are refused as strange, such as 0.01; without it none are.");

    /// <summary>The options; which device is taken goes to standard error.</summary>
    public static ImageScoringOptions Read(ComputeDevice device, int? batchSize, bool fast, bool ignoreOrientation) => new()
    {
        Device = device,
        BatchSize = batchSize,
        Pixels = fast ? PixelMode.Fast : PixelMode.Exact,
        IgnoreOrientation = ignoreOrientation,
        Logger = new NotesLogger(),
    };
}
