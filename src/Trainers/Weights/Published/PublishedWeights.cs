using System.Security.Cryptography;
using MLVision.Trainers.Preprocessing;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Published weights, with the preprocessing that they were trained for.</summary>
/// <remarks>
/// Preprocessing contract: resize the shorter side to <see cref="ResizeSize"/>, cut the central square of <see cref="CropSize"/>,
/// scale to 0..1, subtract <see cref="Mean"/>, divide by <see cref="StandardDeviation"/>; channels are red, green, blue.
/// </remarks>
public sealed record PublishedWeights
{
    /// <summary>The architecture's name in <see cref="Models.ImageModels"/>: <c>resnet50</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The publisher's name for the weights, in lower case: <c>imagenet1k_v1</c>; unique for the architecture.</summary>
    public required string Name { get; init; }

    /// <summary>Where the file can be fetched, over https; null where a package brings it.</summary>
    public Uri? Address { get; init; }

    /// <summary>The NuGet package that brings the file; null where it is fetched.</summary>
    public WeightsPackage? Package { get; init; }

    /// <summary>The published file's name; that of a file to fetch ends in the first eight digits of its SHA-256.</summary>
    public string FileName => Path.GetFileName(Package?.Path ?? Address?.LocalPath ?? "");

    /// <summary>
    /// The file's SHA-256 in 64 hexadecimal digits, in lower case; only the first eight where no more is known, which
    /// <see cref="IsSha256Whole"/> says.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>
    /// Whether the whole digest is known. Otherwise the file is checked by the first 32 bits only: that notices cut and mixed files, and
    /// none that somebody forged.
    /// </summary>
    public bool IsSha256Whole => Sha256.Length == 2 * SHA256.HashSizeInBytes;

    /// <summary>The file's length in bytes; null if it is not known to the byte.</summary>
    public long? Length { get; init; }

    /// <summary>Size of the file in MiB (1,048,576 bytes), as published; null if unknown.</summary>
    public double? SizeMebibytes { get; init; }

    /// <summary>SPDX identifier of the licence under which the file is published. The training images have their own terms.</summary>
    public required string Licence { get; init; }

    /// <summary>Who trained the weights and how: a recipe, or the project that they come from.</summary>
    public required Uri Source { get; init; }

    /// <summary>The data set they were trained on: <c>ImageNet-1K</c> or <c>CIFAR-10</c>.</summary>
    public required string DataSet { get; init; }

    /// <summary>Names of that data set's classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => ClassNames.Of(DataSet);

    /// <summary>Number of classes of that data set.</summary>
    public required int Classes { get; init; }

    /// <summary>
    /// Whether the file has the last layer, which tells these classes apart; without it the weights are a start for training only.
    /// </summary>
    public bool HasClassifier { get; init; } = true;

    /// <summary>Share of that data set's validation images classified correctly, in percent, as published; null if unknown.</summary>
    public double? Top1 { get; init; }

    /// <summary>Share of them whose class is among the five most probable, in percent, as published; null if unknown.</summary>
    public double? Top5 { get; init; }

    /// <summary>Length in pixels to which an image's shorter side is resized.</summary>
    public required int ResizeSize { get; init; }

    /// <summary>Width and height in pixels of the central square that the model sees.</summary>
    public required int CropSize { get; init; }

    /// <summary>How the published accuracy was measured. For information only: a fitted model resizes in its own way.</summary>
    public InterpolationMode Interpolation { get; init; }

    /// <summary>What is subtracted from red, green and blue, on the scale 0..1.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>What red, green and blue are divided by, on the scale 0..1.</summary>
    public required IReadOnlyList<float> StandardDeviation { get; init; }

    /// <summary>Digits that the publishers tell.</summary>
    internal const int PrefixDigits = 8;

    /// <summary>Whether a file with that SHA-256, in hexadecimal digits, is the published one.</summary>
    internal bool Match(string sha256) => sha256.StartsWith(Sha256, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file may be the published one by its length.</summary>
    internal bool MatchLength(long length) => Length is null || Length == length;

    /// <summary>How a file's SHA-256 differs, as a clause.</summary>
    internal string Difference(string sha256) => IsSha256Whole
        ? $"its SHA-256 is {sha256} instead of {Sha256}"
        : $"its SHA-256 begins with {sha256[..Sha256.Length]} instead of {Sha256}";

    /// <summary>
    /// The entry whose file this is, by content and, unless a package brings it, by name; or null. So a local file also gets its
    /// preprocessing.
    /// </summary>
    /// <param name="path">A file, which need not exist.</param>
    /// <param name="entries">The entries to choose from.</param>
    internal static PublishedWeights? Recognize(string path, IEnumerable<PublishedWeights> entries)
    {
        var possible = entries.Where(entry => entry.Package is not null || entry.FileName == Path.GetFileName(path)).ToList();
        if (possible.Count == 0 || !File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        possible.RemoveAll(entry => !entry.MatchLength(file.Length));
        if (possible.Count == 0)
        {
            return null;
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        return possible.FirstOrDefault(entry => entry.Match(sha256));
    }
}
