using Microsoft.ML;
using Microsoft.ML.Transforms.Image;

namespace Benchmarks.Photographs;

/// <summary>What ML.NET brings for the same job: its featurizer, and logistic regression on what that gives.</summary>
internal static class PeerTraining
{
    private const int Size = 224;

    /// <inheritdoc cref="CrossValidation.TestOn"/>
    public static double Test(MLContext ml, IDataView training, IDataView test, int seed)
    {
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
            .Append(ml.Transforms.ResizeImages("Image", Size, Size, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Append(ml.Transforms.DnnFeaturizeImage(
                "Features", chooser => chooser.ModelSelector.ResNet18(ml, chooser.OutputColumn, chooser.InputColumn), "Pixels"))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l2Regularization: 1));
        using var model = pipeline.Fit(training);
        return ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
    }
}
