using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNetExtensions.Tests.Scoring.DataViews;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>
/// <see cref="ImageClassifier.Load"/> and <c>Model.LoadImageClassifier</c> open the same files, and refuse the others with the same
/// sentence.
/// </summary>
public sealed class TwoDoorsTests : IDisposable
{
    private const int Size = TinyClassifier.ImageSize;
    private const string Opened = "";
    private const string NotOurs = "is not an image classifier of this product: expected an ML.NET model with one ONNX model inside.";
    private const string Remedy =
        "; score it with MLContext.Model.Load and PredictionEngine, or in batches with MLContext.Model.Load and ToBatched.";

    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageFiles _files = new();

    /// <summary>What a file is, and how the sentence ends or goes on that refuses it.</summary>
    public static TheoryData<string, string> Inputs => new()
    {
        { "our zip", Opened },
        { "our zip with folders parted as on Windows", Opened },
        { "our zip in a longer pipeline", Opened },
        { "our zip with chains within chains", Opened },
        { "our zip with a transform of another assembly behind", Opened },
        { "our zip without label steps", Opened },
        { "our zip with a key for its label", Opened },
        { "our onnx", Opened },
        { "our onnx without the index", Opened },
        { "our onnx called zip", Opened },
        { "our zip with a transform of another assembly in front", "; add the assembly, or save the model anew." },
        { "our zip with damaged label steps", "; add the assembly, or save the model anew." },
        { "our zip with label steps that read other columns", "is damaged: its steps do not fit together; save it again." },
        { "zip without a key", NotOurs },
        { "zip without an ONNX step", NotOurs },
        { "zip with two ONNX steps", NotOurs },
        { "zip with the pixels in another column", $"lacks the step that makes its model's pixels{Remedy}" },
        { "zip with nothing before the ONNX step", $"lacks the step that makes its model's pixels{Remedy}" },
        { "zip with another resize rule", $"does not prepare its images as ResizeImages(IsoCrop) and ExtractPixels do{Remedy}" },
        { "zip with images padded in front", $"does not prepare its images as ResizeImages(IsoCrop) and ExtractPixels do{Remedy}" },
        { "zip that takes pixels", "takes Vector<Byte, 8, 8, 3> in its column 'Image', not image files or images" + Remedy },
        { "zip with someone else's model", "is not an image classifier of this product: its metadata is missing or damaged." },
        { "damaged zip", "is not an ML.NET model, or it is damaged (" },
        { "truncated zip", "is not an ML.NET model, or it is damaged (" },
        { "zip of something else", NotOurs },
        { "text file", "is neither an ML.NET model.zip nor an ONNX model that can be run, or it is damaged" },
        { "directory", "is a folder; give the path of a model.zip or model.onnx." },
        { "missing file", "does not exist." },
        { "empty file", "is empty." },
        { "someone else's onnx", "is not an image classifier of this product: its metadata is missing or damaged." },
        { "onnx of other ports", "and an output Score of floats [N, 4]." },
        { "truncated onnx", "is neither an ML.NET model.zip nor an ONNX model that can be run, or it is damaged" },
    };

    /// <summary>The files that are opened.</summary>
    public static TheoryData<string> OpenedInputs =>
        [.. Inputs.Where(row => row.Data.Item2.Length == 0).Select(row => row.Data.Item1)];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Load_AnyFile_EndsTheSameAtBothDoors(string input, string sentence)
    {
        var path = Make(input);

        var classifier = Outcome(() => ImageClassifier.Load(path));
        var batched = Outcome(() => _ml.Model.LoadImageClassifier(path));

        Assert.Equal(classifier, batched);
        Assert.Contains(sentence, classifier, StringComparison.Ordinal);
        Assert.Equal(sentence.Length == 0, classifier.Length == 0);
        Assert.Matches("^([^\n]*\\.)?$", classifier);
    }

    [Theory]
    [MemberData(nameof(OpenedInputs))]
    public void Transform_FileThatIsOpened_ScoresAsTheClassifierDoes(string input)
    {
        var path = Make(input);
        var images = Enumerable.Range(0, 5).Select(i => _files.AddImage($"{i}.png", seed: i, width: 20 + i, height: 12)).ToList();
        using var classifier = ImageClassifier.Load(path);
        var expected = classifier.PredictMany([.. images.Select(ImageSource.FromFile)], TestContext.Current.CancellationToken);

        using var batched = _ml.Model.LoadImageClassifier(path);
        var scored = batched.Transform(View(images));

        Assert.Equal(expected.Select(p => p.Scores), scored.GetColumn<float[]>("Score"));
        var labels = scored.Schema["PredictedLabel"].Type is KeyDataViewType
            ? _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored) : scored;
        Assert.Equal(expected.Select(p => p.Label), labels.GetColumn<string>("PredictedLabel"));
    }

    [Theory]
    [InlineData("our zip")]
    [InlineData("our zip in a longer pipeline")]
    [InlineData("our zip without label steps")]
    [InlineData("our onnx")]
    public void Save_FileThatWasOpened_OpensAtBothDoorsAgain(string input)
    {
        var path = Make(input);
        var again = In("again.zip");
        using (var batched = _ml.Model.LoadImageClassifier(path))
        {
            _ml.Model.Save(batched, View([]).Schema, again);
        }

        Assert.Equal(Opened, Outcome(() => ImageClassifier.Load(again)));
        Assert.Equal(Opened, Outcome(() => _ml.Model.LoadImageClassifier(again)));
    }

    [Fact]
    public void LoadImageClassifier_TransformOfAnotherAssemblyBehind_WarnsAndSavesNothing()
    {
        var log = new List<string>();
        _ml.Log += (_, line) => log.Add(line.Message);
        using var batched = _ml.Model.LoadImageClassifier(Make("our zip with a transform of another assembly behind"));

        var error = Assert.Throws<ModelFileException>(() => _ml.Model.Save(batched, View([]).Schema, In("again.zip")));

        Assert.Contains(log, line => line.Contains("Steps after the classifier are left out: ", StringComparison.Ordinal));
        Assert.StartsWith("The chain cannot be saved, because a step of it is missing: ", error.Message, StringComparison.Ordinal);
        Assert.Null(batched.GetOutputSchema(View([]).Schema).GetColumnOrNull("Length"));
    }

    [Fact]
    public void Save_OnnxWithoutTheIndex_SaysWhatIsMissing()
    {
        using var batched = _ml.Model.LoadImageClassifier(Make("our onnx without the index"));

        var error = Assert.Throws<ModelFileException>(() => _ml.Model.Save(batched, View([]).Schema, In("again.zip")));

        Assert.EndsWith(
            "has no output PredictedIndex, which a saved chain needs; export the model anew.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Its resize step is taken for the classifier's own: whoever reads images in its place must do what it does.</summary>
    [Fact]
    public void ToBatched_ChainWithAnotherResizeRule_IsRefused()
    {
        using var stock = (TransformerChain<ITransformer>)_ml.Model.Load(Make("zip with another resize rule"), out _);

        var error = Assert.Throws<ModelFileException>(() => _ml.Model.ToBatched(stock));

        Assert.Equal(
            "The chain does not prepare its images as ResizeImages(IsoCrop) and ExtractPixels do; score it with PredictionEngine.",
            error.Message);
    }

    /// <summary>What the refusal of such a zip advises.</summary>
    [Fact]
    public void ToBatched_ZipWithImagesPaddedInFront_ScoresAsItsOwnSteps()
    {
        var images = Enumerable.Range(0, 5).Select(i => _files.AddImage($"{i}.png", seed: i, width: 20 + i, height: 12)).ToList();
        using var stock = (TransformerChain<ITransformer>)_ml.Model.Load(Make("zip with images padded in front"), out _);

        using var batched = _ml.Model.ToBatched(stock);

        var expected = stock.Transform(View(images)).GetColumn<float[]>("Score").SelectMany(scores => scores);
        var actual = batched.Transform(View(images)).GetColumn<float[]>("Score").SelectMany(scores => scores);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static string Outcome(Func<IDisposable> load)
    {
        try
        {
            load().Dispose();
            return Opened;
        }
        catch (ModelFileException e)
        {
            return e.Message;
        }
    }

    private string Make(string input) => input switch
    {
        "our zip" => TinyClassifier.WriteZip(In("model.zip")),
        "our zip with folders parted as on Windows" => Rewrite(name => name.Replace('/', '\\')),
        "our zip in a longer pipeline" => Save(
            _ml.Transforms.CopyColumns("Other", nameof(LabeledImage.Label)), LoadImages, Classifier(), ToText,
            _ml.Transforms.CopyColumns("Again", "PredictedLabel")),
        "our zip with chains within chains" => Save(
            LoadImages,
            Chain(
                [
                    Chain(Steps(ChainRole.Pixels)), .. Steps(ChainRole.Scores), Chain(Steps(ChainRole.Label)), .. Steps(ChainRole.Cleanup),
                ]),
            ToText),
        "our zip with a transform of another assembly behind" => ZipsOfOtherAssemblies.Hide(
            Save(LoadImages, Classifier(), ToText, ZipsOfOtherAssemblies.Transform(_ml))),
        "our zip with a transform of another assembly in front" => ZipsOfOtherAssemblies.Hide(
            Save(ZipsOfOtherAssemblies.Transform(_ml), LoadImages, Classifier(), ToText)),
        "our zip without label steps" => Save([LoadImages, .. Steps(ChainRole.Pixels), .. Steps(ChainRole.Scores)]),
        "our zip with a key for its label" => Save(LoadImages, Classifier()),
        "our zip with damaged label steps" => Rewrite(
            change: (name, content) => name.Contains("/Transform_004/Model.key", StringComparison.Ordinal) ? content[..100] : content),
        "our zip with label steps that read other columns" => Rewrite(
            change: (name, content) => name.Contains("/Transform_004/", StringComparison.Ordinal)
                ? ZipsOfOtherAssemblies.Replace(content, StockChain.IndexHash, StockChain.IndexHash.Replace('H', 'X')) : content),
        "our onnx" => TinyClassifier.WriteOnnx(In("model.onnx")),
        "our onnx without the index" => WriteOnnx(model => model.Graph.Output.RemoveAt(1)),
        "our onnx called zip" => TinyClassifier.WriteOnnx(In("model.zip")),
        "zip without a key" => Rewrite(name => name.EndsWith("Model.key", StringComparison.Ordinal) ? null : name),
        "zip without an ONNX step" => Save(_ml.Transforms.CopyColumns("Other", nameof(LabeledImage.Label))),
        "zip with two ONNX steps" => Save(
            [LoadImages, Classifier(), LoadImages, .. Steps(ChainRole.Pixels), .. Steps(ChainRole.Scores)]),
        "zip with the pixels in another column" => Save(
            LoadImages, PixelColumn.OfImages("Image", Size).Extract(_ml.Transforms, ClassifierModel.Pixels),
            _ml.Transforms.ApplyOnnxModel(
                [ClassifierModel.Score, ClassifierModel.PredictedIndex], [ClassifierModel.Pixels],
                TinyClassifier.WriteOnnx(In("plain.onnx")))),
        "zip with nothing before the ONNX step" => SaveOf(_ml.Data.LoadFromEnumerable(Array.Empty<Ready>()), Steps(ChainRole.Scores)),
        "zip with another resize rule" => Save(
            [
                LoadImages,
                _ml.Transforms.ResizeImages(PixelColumn.Square, Size, Size, "Image", ImageResizingEstimator.ResizingKind.Fill),
                .. Steps(ChainRole.Pixels).Skip(1), .. Steps(ChainRole.Scores), .. Steps(ChainRole.Label), .. Steps(ChainRole.Cleanup),
            ]),
        "zip with images padded in front" => TinyClassifier.WriteZip(In("padded.zip"), TinyClassifier.LoadAndPadImages),
        "zip that takes pixels" => OfPixels(_ml.Data.LoadFromEnumerable(Array.Empty<Bytes>())),
        "zip with someone else's model" => TinyClassifier.WriteZip(In("other.zip"), model: Changed(model => model.MetadataProps.Clear())),
        "damaged zip" => Damage(File.ReadAllBytes(TinyClassifier.WriteZip(In("model.zip")))),
        "truncated zip" => _files.AddFile("cut.zip", File.ReadAllBytes(TinyClassifier.WriteZip(In("model.zip")))[..1000]),
        "zip of something else" => Rewrite(name => name == "Schema" ? "notes.txt" : null),
        "text file" => _files.AddFile("text.zip", "some text, no model"u8.ToArray()),
        "directory" => _files.Folder,
        "missing file" => In("missing.zip"),
        "empty file" => _files.AddFile("empty.zip", []),
        "someone else's onnx" => WriteOnnx(model => model.MetadataProps.Clear()),
        "onnx of other ports" => TinyClassifier.WriteOnnx(In("ports.onnx"), "red", "green", "blue", "white"),
        "truncated onnx" => _files.AddFile("cut.onnx", TinyClassifier.Model().ToByteArray()[..200]),
        _ => throw new ArgumentOutOfRangeException(nameof(input), input, "There is no such input."),
    };

    private IEstimator<ITransformer> LoadImages => TinyClassifier.LoadImages(_ml);

    private IEstimator<ITransformer> ToText => _ml.Transforms.Conversion.MapKeyToValue(StockChain.PredictedLabel);

    private IEstimator<ITransformer> Classifier(PixelColumn? pixels = null) => StockChain.Create(
        MLEnvironment.Of(_ml.Transforms), pixels ?? PixelColumn.OfImages("Image", Size), ChainOnnx(),
        ClassLabels.FromNames(TinyClassifier.Colours));

    /// <summary>Those steps of our chain that are for something.</summary>
    private IEstimator<ITransformer>[] Steps(ChainRole role)
    {
        var ml = MLEnvironment.Of(_ml.Transforms);
        var labels = LabelTable.Of(ml, ClassLabels.FromNames(TinyClassifier.Colours));
        var parts = new ChainParts(ml, PixelColumn.OfImages("Image", Size), ChainOnnx(), labels);
        return [.. StockChain.Steps.Where(step => step.Role == role).Select(step => step.Write(parts)!)];
    }

    private string ChainOnnx()
    {
        StockChain.WriteOnnx(BatchFixture.WithSlotNames(TinyClassifier.Model()), In("chain.onnx"));
        return In("chain.onnx");
    }

    private string Save(params IEstimator<ITransformer>[] steps) => SaveOf(View([]), steps);

    private string SaveOf(IDataView view, params IEstimator<ITransformer>[] steps)
    {
        _ml.Model.Save(Chain(steps).Fit(view), view.Schema, In("saved.zip"));
        return In("saved.zip");
    }

    private static EstimatorChain<ITransformer> Chain(params IEstimator<ITransformer>[] steps) =>
        steps.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step));

    private string OfPixels(IDataView view) => SaveOf(view, Classifier(PixelColumn.Of(view, "Image", null, Size)), ToText);

    /// <summary>Our zip with other names of its entries, those without one left out, or with other contents.</summary>
    private string Rewrite(Func<string, string?>? rename = null, Func<string, byte[], byte[]>? change = null) =>
        ZipsOfOtherAssemblies.Rewrite(
            TinyClassifier.WriteZip(In("model.zip")), In("rewritten.zip"), rename ?? (name => name), change ?? ((_, content) => content));

    /// <summary>Zeros in the middle, where the entries are compressed.</summary>
    private string Damage(byte[] zip)
    {
        Array.Clear(zip, 200, zip.Length - 400);
        return _files.AddFile("damaged.zip", zip);
    }

    private string WriteOnnx(Action<ModelProto> change) => _files.AddFile("changed.onnx", Changed(change).ToByteArray());

    private static ModelProto Changed(Action<ModelProto> change)
    {
        var model = TinyClassifier.Model();
        change(model);
        return model;
    }

    private IDataView View(IEnumerable<string> images) =>
        _ml.Data.LoadFromEnumerable(images.Select(image => new LabeledImage { ImagePath = image, Label = "x" }).ToArray());

    private string In(string name) => Path.Combine(_files.Folder, name);

    private sealed class Ready
    {
        [VectorType(Size, Size, 3)]
        [ColumnName(StockChain.Pixels)]
        public byte[] Pixels { get; set; } = [];
    }

    private sealed class Bytes
    {
        [VectorType(Size, Size, 3)]
        public byte[] Image { get; set; } = [];
    }
}
