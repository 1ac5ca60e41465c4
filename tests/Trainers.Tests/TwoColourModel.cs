using Microsoft.ML;
using MLVision.Trainers;
using MLVision.Trainers.Options;

namespace Trainers.Tests;

/// <summary>A model of the classes tulip and rose, which differ in their main colour, with what it remembers of them.</summary>
public sealed class TwoColourModel : IDisposable
{
    public const int ImagesPerClass = 6;

    internal static readonly ImageTrainingOptions Options = TinyImages.Options with { Precision = TrainingPrecision.Full, Epochs = 3 };

    private readonly TinyImages _images = new();

    public TwoColourModel()
    {
        using var model = _images.Classifier(Options).Fit(View(_images, "tulip", "rose"));
        Path = Save(model, System.IO.Path.Combine(_images.Files.Folder, "first"));
    }

    /// <summary>Its ONNX file; beside it lie its weights and its class memory.</summary>
    public string Path { get; }

    public string MemoryPath => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "classes.safetensors");

    public void Dispose() => _images.Dispose();

    /// <summary>Writes model.onnx, model.safetensors and classes.safetensors to a folder; returns the first.</summary>
    internal static string Save(ImageClassificationTransformer model, string folder)
    {
        var path = System.IO.Path.Combine(folder, "model.onnx");
        model.SaveOnnx(path);
        model.SaveWeights(System.IO.Path.ChangeExtension(path, ".safetensors"));
        model.SaveClassMemory(System.IO.Path.Combine(folder, "classes.safetensors"));
        return path;
    }

    /// <summary>Images of each class in turn; the class's name decides on its main colour.</summary>
    internal static IDataView View<T>(TinyImages images, params T[] labels)
        where T : notnull => images.View(
        Enumerable.Range(0, ImagesPerClass).SelectMany(i => labels.Select(label => new TinyImages.LabeledRow<T>
        {
            ImagePath = images.Files.AddImage($"{label}-{i}.png", seed: ColourOf($"{label}") + (3 * i)),
            Label = label,
        })).ToArray());

    private static int ColourOf(string label) => label switch
    {
        "tulip" or "7" => 0,
        "rose" or "lily" or "5" => 1,
        _ => 2,
    };
}
