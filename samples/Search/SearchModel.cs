using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Options;

namespace Search;

/// <summary>Makes a model that gives embeddings, where none is given.</summary>
internal static class SearchModel
{
    /// <summary>Trains the last layer on photographs; the embedding is what lies before it, and so knows all of ImageNet.</summary>
    /// <param name="folder">One sub-folder for each class.</param>
    /// <param name="path">The ONNX file to write.</param>
    public static void Make(string folder, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var ml = new MLContext(seed: 1);
        var photographs = ml.Data.LoadImageFolder(folder);
        var trainer = ml.Transforms.ImageClassifier(new ImageTrainingOptions
        {
            Outputs = ModelOutputs.Embedding,
            FineTuning = FineTuning.HeadOnly,
            HeadEpochs = 1,
            ValidationFraction = 0,
            Logger = new ConsoleLogger(),
        });
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath")).Append(trainer);
        using var model = pipeline.Fit(photographs).LastTransformer;
        model.SaveOnnx(path);
    }
}
