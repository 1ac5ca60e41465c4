using System.ComponentModel;
using Microsoft.ML;
using MLVision.Trainers.Options;

namespace Benchmarks.Photographs;

/// <summary>This library's training.</summary>
/// <param name="settings">Options as NAME=VALUE, where they are not the defaults.</param>
/// <param name="architecture">Name of the architecture.</param>
internal sealed class OwnTraining(IEnumerable<string> settings, string architecture = OwnTraining.Default)
{
    /// <summary>What is trained if nothing is named.</summary>
    public const string Default = "resnet18_mlnet";

    /// <inheritdoc cref="CrossValidation.TestOn"/>
    public double Test(MLContext ml, IDataView training, IDataView test, int seed)
    {
        var options = Settled(new ImageTrainingOptions { Seed = seed, Weights = "imagenet_mlnet" });
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
            .Append(ml.Transforms.ImageClassifier(architecture, options));
        using var model = pipeline.Fit(training);
        return ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
    }

    /// <summary>Options with these settings.</summary>
    public ImageTrainingOptions Settled(ImageTrainingOptions options)
    {
        foreach (var setting in settings.Select(text => text.Split('=', 2)))
        {
            var property = typeof(ImageTrainingOptions).GetProperty(setting[0])
                ?? throw new ArgumentException($"There is no option '{setting[0]}'.");
            property.SetValue(options, TypeDescriptor.GetConverter(property.PropertyType).ConvertFromInvariantString(setting[1]));
        }

        return options;
    }
}
