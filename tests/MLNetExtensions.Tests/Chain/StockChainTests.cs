using Microsoft.ML;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using TestImages;

namespace MLNetExtensions.Tests.Chain;

public sealed class StockChainTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>Types and columns of each step are what ML.NET makes of it.</summary>
    [Fact]
    public void Steps_Fitted_AreAsDescribed()
    {
        var ml = MLEnvironment.Of(new MLContext(seed: 1).Transforms);
        var onnx = Path.Combine(_files.Folder, "model.onnx");
        StockChain.WriteOnnx(TinyClassifier.Model(), onnx);
        var images = PixelColumn.OfImages("Image", TinyClassifier.ImageSize);
        var parts = new ChainParts(ml, images, onnx, LabelTable.Of(ml, ClassLabels.FromNames(TinyClassifier.Colours)));
        var rows = ml.Data.LoadFromEnumerable(Array.Empty<LabeledImage>());
        var view = TinyClassifier.LoadImages(new MLContext()).Fit(rows).Transform(rows);

        foreach (var step in StockChain.Steps)
        {
            var fitted = step.Write(parts)!.Fit(view);
            var made = fitted.Transform(view);

            Assert.True(step.Fits(fitted), $"{step.Role} is {fitted.GetType().Name}.");
            Assert.All(step.Inputs, name => Assert.NotNull(view.Schema.GetColumnOrNull(name)));
            Assert.All(step.Outputs, name => Assert.NotNull(made.Schema.GetColumnOrNull(name)));
            view = made;
        }

        Assert.DoesNotContain(view.Schema, column => column.Name.StartsWith("mlvision.", StringComparison.Ordinal));
        Assert.NotNull(view.Schema.GetColumnOrNull(StockChain.PredictedLabel));
    }
}
