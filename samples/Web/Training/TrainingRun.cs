using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Trainers.Options;

namespace Web.Training;

/// <summary>One training: images in, a folder with <c>model.zip</c>, <c>model.onnx</c> and <c>report.html</c> out.</summary>
internal static class TrainingRun
{
    /// <summary>Trains and writes the files.</summary>
    /// <param name="images">What to learn from.</param>
    /// <param name="options">How, and who is told.</param>
    /// <param name="title">The report's title.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="say">Told what is done after the training.</param>
    /// <returns>How well the model does on held-out images; null where none were held out.</returns>
    /// <exception cref="MLVision.MLNetExtensions.ImageClassificationException">The images cannot be learned from.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public static ImageClassificationMetrics? Write(
        IReadOnlyList<LabeledImage> images, ImageTrainingOptions options, string title, string folder, Action<string> say)
    {
        var (ml, watch) = (new MLContext(options.Seed), Stopwatch.StartNew());
        var rows = ml.Data.LoadFromEnumerable(images);
        var labels = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows);
        var loader = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Fit(rows);
        using var classifier = ml.Transforms.ImageClassifier(options).Fit(loader.Transform(labels.Transform(rows)));
        say("Writing the model");

        // What is saved takes a path and yields text: the mapping of the labels that were learned from stays behind.
        var toText = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(loader.Transform(rows)));
        var paths = ml.Transforms.SelectColumns(nameof(LabeledImage.ImagePath)).Fit(rows).Transform(rows);
        ml.Model.Save(
            new TransformerChain<ITransformer>(loader, classifier, toText), paths.Schema, Path.Combine(folder, TrainedFiles.Zip));
        var onnx = Path.Combine(folder, TrainedFiles.Onnx);
        classifier.SaveOnnx(onnx);

        say("Writing the report");
        return TrainingReport.Write(
            Path.Combine(folder, TrainedFiles.Report), title, classifier, onnx, images, options, watch.Elapsed);
    }
}
