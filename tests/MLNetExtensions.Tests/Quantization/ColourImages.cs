using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;
using TestImages;

namespace MLNetExtensions.Tests.Quantization;

/// <summary>A labelled folder for <see cref="ConvolutionClassifier"/>: images of three colours, and a place for files beside it.</summary>
internal sealed class ColourImages : IDisposable
{
    private static readonly string[] Colours = ["red", "green", "blue"];

    private readonly ImageFiles _files = new();

    public ColourImages(int imagesPerColour = 4)
    {
        foreach (var seed in Enumerable.Range(0, Colours.Length * imagesPerColour))
        {
            Add($"{Colours[seed % Colours.Length]}/{seed:000}.png", seed);
        }
    }

    /// <summary>The images, as a folder's reader lists them.</summary>
    public IReadOnlyList<LabeledImage> Labeled => ImageFolder.Read(Path.Combine(_files.Folder, "data"));

    /// <summary>Adds an image of the colour of its seed, whatever its folder is called.</summary>
    public string Add(string path, int seed) => _files.AddImage(Path.Combine("data", path), seed);

    /// <summary>Adds a file that is no image.</summary>
    public string AddDamaged(string path) => _files.AddFile(Path.Combine("data", path), 1, 2, 3);

    /// <summary>A path beside the images.</summary>
    public string Beside(string name) => Path.Combine(_files.Folder, name);

    /// <summary>Names of what lies beside the images, and of their folder.</summary>
    public IEnumerable<string?> Entries =>
        Directory.EnumerateFileSystemEntries(_files.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>The pixels of all images.</summary>
    public LabeledPixels Pixels(int maxSkipped = 0, long budgetBytes = 1 << 20, bool takesUnknownClasses = false)
    {
        var properties = ConvolutionClassifier.Model().MetadataProps.ToDictionary(p => p.Key, p => p.Value);
        return new LabeledPixels(Labeled, ClassifierMetadata.FromProperties(properties), maxSkipped, budgetBytes, takesUnknownClasses);
    }

    public void Dispose() => _files.Dispose();
}
