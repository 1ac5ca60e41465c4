using Microsoft.ML;
using Microsoft.ML.Data;

namespace Integration.Tests;

/// <summary>The example of README.md, word for word, so that it compiles and runs; the usings above belong to it.</summary>
internal static class ReadmeExample
{
    public static void Run()
    {
        // begin README.md
        var ml = new MLContext(seed: 1);
        IDataView images = ml.Data.LoadImageFolder("flowers");      // ImagePath, Label; one sub-folder per class
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
            .Append(ml.Transforms.ImageClassifier())                // a ResNet that knows photographs learns your classes
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(images);
        ml.Model.Save(model, images.Schema, "model.zip");

        // Any ML.NET app can load it, with Microsoft's packages and nothing else:
        ITransformer loaded = ml.Model.Load("model.zip", out _);
        foreach (string label in loaded.Transform(images).GetColumn<string>("PredictedLabel"))
            Console.WriteLine(label);
        // end README.md
    }
}
