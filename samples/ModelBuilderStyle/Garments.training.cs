// Written by `mlvision new`. Compiled with -p:Training=true alone, because it needs the package MLVision.Trainers.

using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers;
using MLVision.Trainers.Options;

namespace GarmentsApp;

/// <content>How a model of this kind is trained.</content>
public static partial class Garments
{
    /// <summary>
    /// Trains on the photographs of a folder with one sub-folder a class, and saves a model that can take this one's place.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="outputModelPath">The <c>model.zip</c> to write.</param>
    /// <exception cref="MLVision.MLNetExtensions.ImageClassificationException">The folder, or what is in it, cannot be learned from.
    /// </exception>
    public static void Train(string folder, string outputModelPath)
    {
        var ml = new MLContext(seed: 1);
        IDataView photographs = ml.Data.LoadImageFolder(folder);
        IDataView labelled = ml.Transforms.Conversion.MapValueToKey("Label").Fit(photographs).Transform(photographs);
        ITransformer model = BuildPipeline(ml).Fit(labelled);
        ml.Model.Save(model, ml.Transforms.SelectColumns("ImagePath").Fit(photographs).Transform(photographs).Schema, outputModelPath);
    }

    /// <summary>The pipeline: paths of photographs and keys of labels in, scores and labels out.</summary>
    /// <param name="ml">Where it is made.</param>
    public static IEstimator<ITransformer> BuildPipeline(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        var options = new ImageTrainingOptions
        {
            ImageSize = 28,
        };
        options = options with { Outputs = options.Outputs | ModelOutputs.Heat };
        options = options with { Outputs = options.Outputs | ModelOutputs.Familiarity };
        return ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath")
            .Append(ml.Transforms.ImageClassifier("resnet20", options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    }
}
