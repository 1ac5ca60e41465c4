using System.Text;
using Google.Protobuf;
using Microsoft.ML;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.DataViews;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.DataViews;

/// <summary>A stock <c>model.zip</c> of a tiny classifier and image files for it, some of which are no images.</summary>
internal sealed class BatchFixture : IDisposable
{
    private const int StringType = 8;

    public BatchFixture()
    {
        Zip = TinyClassifier.WriteZip(Path.Combine(Files.Folder, "model.zip"), model: WithSlotNames(TinyClassifier.Model()));
    }

    public ImageFiles Files { get; } = new();

    public MLContext ML { get; } = new(seed: 1);

    /// <summary>LoadImages, the classifier, MapKeyToValue.</summary>
    public string Zip { get; }

    public void Dispose() => Files.Dispose();

    /// <summary>The model with the node that names ML.NET's slots, as the product's exporter writes it.</summary>
    public static ModelProto WithSlotNames(ModelProto model)
    {
        var names = TinyClassifier.Colours.Select(name => ByteString.CopyFrom(Encoding.UTF8.GetBytes(name)));
        model.Graph.Initializer.Add(new TensorProto
        {
            Name = "example",
            DataType = StringType,
            Dims = { 1 },
            StringData = { ByteString.CopyFromUtf8(TinyClassifier.Colours[0]) },
        });
        model.Graph.Node.Add(new NodeProto
        {
            OpType = "LabelEncoder",
            Domain = "ai.onnx.ml",
            Name = "mlnet.Score.SlotNames",
            Input = { "example" },
            Output = { "example_index" },
            Attribute =
            {
                new AttributeProto { Name = "keys_strings", Type = AttributeProto.Types.AttributeType.Strings, Strings = { names } },
                new AttributeProto { Name = "values_int64s", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0, 1, 2 } },
            },
        });
        return model;
    }

    /// <summary>Rows with images of different seeds; where <paramref name="isBad"/> says so, a file that is no image.</summary>
    public List<Photo> Photos(int count, Func<int, bool>? isBad = null) => [.. Enumerable.Range(0, count).Select(i => new Photo
    {
        ImagePath = isBad?.Invoke(i) == true
            ? Files.AddFile($"{i}.png", "no image"u8.ToArray())
            : Files.AddImage($"{i}.png", seed: i, width: 12 + (i % 5), height: 9 + (i % 7)),
        Number = i,
        Numbers = [i, i + 0.5f, .. Enumerable.Repeat(1f, i % 3)],
        Text = $"row {i}",
        Label = TinyClassifier.Colours[i % 3],
    })];

    public IDataView View(IEnumerable<Photo> photos) => ML.Data.LoadFromEnumerable(photos);

    public ITransformer LoadStock() => ML.Model.Load(Zip, out _);

    public BatchScoringTransformer LoadBatched(ImageScoringOptions? options = null, IProgress<SkippedImage>? skipped = null) =>
        ML.Model.LoadImageClassifier(Zip, options, skipped);

    public static List<Scored> Read(MLContext ml, IDataView view) => [.. ml.Data.CreateEnumerable<Scored>(view, reuseRowObject: false)];

    internal sealed class Photo
    {
        public string ImagePath { get; set; } = "";

        public int Number { get; set; }

        public float[] Numbers { get; set; } = [];

        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }

    internal sealed class Scored
    {
        public int Number { get; set; }

        public float[] Numbers { get; set; } = [];

        public string Text { get; set; } = "";

        public float[] Score { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }
}
