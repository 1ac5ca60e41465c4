using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.DataViews;

public sealed class SaveOnnxTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>In a zip its ports have the names of columns. What is written has a digest, which the tiny model lacks.</summary>
    [Fact]
    public void SaveOnnx_OfAZip_WritesTheModelThatWentIn()
    {
        var zip = TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip"));
        var onnx = Path.Combine(_files.Folder, "model.onnx");
        using var classifier = new MLContext().Model.LoadImageClassifier(zip);

        classifier.SaveOnnx(onnx);

        var written = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx));
        Assert.Equal("content_sha256", written.MetadataProps[^1].Key);
        written.MetadataProps.RemoveAt(written.MetadataProps.Count - 1);
        Assert.Equal(TinyClassifier.Model(), written);
    }
}
