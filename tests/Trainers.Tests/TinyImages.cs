using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Devices;
using MLVision.Trainers;
using MLVision.Trainers.Options;
using TestImages;

namespace Trainers.Tests;

/// <summary>Labelled images of 8×8 pixels, and training that takes a moment.</summary>
internal sealed class TinyImages : IDisposable
{
    public const int Size = 8;
    public const string Architecture = "resnet20";

    /// <summary>Three classes that come first in another order than the alphabet's.</summary>
    public static readonly IReadOnlyList<string> Labels =
        ["tulip", "rose", "daisy", "rose", "tulip", "daisy", "daisy", "tulip", "rose", "tulip", "rose", "daisy"];

    public static readonly ImageTrainingOptions Options = new()
    {
        ImageSize = Size,
        Epochs = 1,
        BatchSize = 4,
        ValidationFraction = 0,
        Device = ComputeDevice.Cpu,
    };

    public MLContext ML { get; } = new(seed: 1);

    public ImageFiles Files { get; } = new();

    public void Dispose() => Files.Dispose();

    /// <summary>Rows of an image path and a label; images of one class are of one colour.</summary>
    public LabeledRow<T>[] Rows<T>(IReadOnlyList<T> labels)
        where T : notnull
    {
        var classes = labels.Distinct().ToList();
        return [.. labels.Select((label, i) => new LabeledRow<T>
        {
            ImagePath = Files.AddImage($"{i:000}.png", seed: classes.IndexOf(label) + (3 * i)),
            Label = label,
        })];
    }

    /// <summary>An image per label: columns ImagePath, Label (key) and Image.</summary>
    public IDataView Labelled<T>(IReadOnlyList<T> labels)
        where T : notnull => View(Rows(labels));

    /// <summary>Columns ImagePath, Label (key), Image and what else the rows hold.</summary>
    public IDataView View<TRow>(IEnumerable<TRow> rows)
        where TRow : class
    {
        var view = ML.Data.LoadFromEnumerable(rows);
        return ML.Transforms.Conversion.MapValueToKey("Label").Append(LoadImages()).Fit(view).Transform(view);
    }

    public IEstimator<ITransformer> LoadImages() => ML.Transforms.LoadImages("Image", imageFolder: "", "ImagePath");

    public ImageClassificationEstimator Classifier(ImageTrainingOptions? options = null) => Classifier(Architecture, options ?? Options);

    public ImageClassificationEstimator Classifier(string architecture, ImageTrainingOptions options) =>
        ML.Transforms.ImageClassifier(architecture, options);

    public static float[][] Scores(ITransformer model, IDataView view) =>
        Column<VBuffer<float>, float[]>(model, view, "Score", score => score.DenseValues().ToArray());

    public static uint[] PredictedKeys(ITransformer model, IDataView view) => Column<uint, uint>(model, view, "PredictedLabel", key => key);

    private static TResult[] Column<TValue, TResult>(ITransformer model, IDataView view, string name, Func<TValue, TResult> read)
    {
        var scored = model.Transform(view);
        return [.. scored.GetColumn<TValue>(name).Select(read)];
    }

    internal sealed class LabeledRow<T>
    {
        public string ImagePath { get; set; } = "";

        public T Label { get; set; } = default!;
    }
}
