using Microsoft.ML;
using MLVision.MLNetExtensions.Images;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>
/// A model as ML.NET loads it: the <c>model.zip</c> itself, or one made of a <c>model.onnx</c> for as long as it is wanted.
/// </summary>
internal sealed class StockZip : IDisposable
{
    private readonly DirectoryInfo? _folder;

    /// <param name="model">A <c>model.zip</c> or <c>.onnx</c> file of this product.</param>
    public StockZip(string model)
    {
        if (IsZip(model))
        {
            Path = model;
            return;
        }

        var ml = new MLContext();
        _folder = Directory.CreateTempSubdirectory("mlvision-");
        Path = System.IO.Path.Combine(_folder.FullName, "model.zip");
        using var chain = ml.Model.LoadImageClassifier(model);
        ml.Model.Save(chain, ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>()).Schema, Path);
    }

    /// <summary>The zip.</summary>
    public string Path { get; }

    public void Dispose() => _folder?.Delete(recursive: true);

    /// <summary>The first bytes of a file decide what it is, not its name.</summary>
    private static bool IsZip(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> begin = stackalloc byte[4];
        return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && begin.SequenceEqual("PK\u0003\u0004"u8);
    }
}
