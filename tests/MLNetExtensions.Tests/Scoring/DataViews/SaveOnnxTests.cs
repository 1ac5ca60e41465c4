using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.DataViews;

public sealed class SaveOnnxTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>In a zip its ports have the names of columns.</summary>
    [Fact]
    public void SaveOnnx_OfAZip_WritesTheModelThatWentIn()
    {
        var zip = TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip"));
        var onnx = Path.Combine(_files.Folder, "model.onnx");
        using var classifier = new MLContext().Model.LoadImageClassifier(zip);

        classifier.SaveOnnx(onnx);

        Assert.Equal(TinyClassifier.Model(), ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx)));
    }
}
