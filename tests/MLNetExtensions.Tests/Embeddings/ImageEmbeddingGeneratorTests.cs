using Google.Protobuf;
using Microsoft.Extensions.AI;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Embeddings;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using SkiaSharp;
using TestImages;

namespace MLNetExtensions.Tests.Embeddings;

public sealed class ImageEmbeddingGeneratorTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    /// <summary>The model's embedding is the mean of each channel.</summary>
    [Fact]
    public async Task GenerateAsync_FilesBytesAndStreams_GivesOneEmbeddingEachInOrder()
    {
        using var generator = ImageEmbeddingGenerator.Load(WithEmbedding());
        var (first, second) = (Flat("a.png", new SKColor(10, 20, 30)), Flat("b.png", new SKColor(200, 0, 100)));
        using var stream = File.OpenRead(second);

        var embeddings = await generator.GenerateAsync([first, File.ReadAllBytes(second), stream, first], cancellationToken: Token);

        float[][] expected = [[10, 20, 30], [200, 0, 100], [200, 0, 100], [10, 20, 30]];
        Assert.Equal(expected, embeddings.Select(one => one.Vector.ToArray()));
        Assert.All(embeddings, embedding => Assert.Equal("tiny", embedding.ModelId));
    }

    [Fact]
    public async Task GenerateVectorAsync_Path_GivesItsVector()
    {
        using var generator = ImageEmbeddingGenerator.Load(WithEmbedding());

        var vector = await generator.GenerateVectorAsync(Flat("a.png", new SKColor(1, 2, 3)), cancellationToken: Token);

        Assert.Equal([1f, 2f, 3f], vector.ToArray());
    }

    [Fact]
    public async Task GenerateAsync_NoImages_GivesNothing()
    {
        using var generator = ImageEmbeddingGenerator.Load(WithEmbedding());

        Assert.Empty(await generator.GenerateAsync([], cancellationToken: Token));
    }

    [Fact]
    public async Task GenerateAsync_UnreadableImage_NamesIt()
    {
        using var generator = ImageEmbeddingGenerator.Load(WithEmbedding());
        var broken = _files.AddFile("broken.png", 1, 2, 3);

        var error = await Assert.ThrowsAsync<ImageDataException>(() => generator.GenerateAsync([broken], cancellationToken: Token));

        Assert.Contains(broken, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_OtherDimensions_AreRefused()
    {
        using var generator = ImageEmbeddingGenerator.Load(WithEmbedding());
        var options = new EmbeddingGenerationOptions { Dimensions = 2 };

        var error = await Assert.ThrowsAsync<ImageClassificationException>(() => generator.GenerateAsync([], options, Token));

        Assert.Equal("Embeddings of 2 dimensions are asked for, but the model's have 3: leave Dimensions open.", error.Message);
        Assert.Empty(await generator.GenerateAsync([], new() { Dimensions = 3 }, Token));
    }

    [Fact]
    public void Load_ModelWithoutEmbedding_SaysHowToExportIt()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));

        var error = Assert.Throws<ModelFileException>(() => ImageEmbeddingGenerator.Load(model));

        Assert.Contains("does not give Embedding", error.Message, StringComparison.Ordinal);
        Assert.Contains("--outputs embedding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ClassifierWithoutEmbedding_SaysHowToGetIt()
    {
        using var classifier = ImageClassifier.Load(WithEmbedding(), new ImageScoringOptions { Outputs = ModelOutputs.None });

        var error = Assert.Throws<ModelFileException>(() => new ImageEmbeddingGenerator(classifier));

        Assert.Contains("--outputs embedding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetService_Types_GivesWhatThereIs()
    {
        using var classifier = ImageClassifier.Load(WithEmbedding());
        using var generator = new ImageEmbeddingGenerator(classifier);

        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator<ImageSource, Embedding<float>>)));
        Assert.Same(classifier, generator.GetService(typeof(IImageClassifier)));
        Assert.Null(generator.GetService(typeof(IImageClassifier), "key"));
        Assert.Null(generator.GetService(typeof(string)));
        var metadata = Assert.IsType<EmbeddingGeneratorMetadata>(generator.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal(("tiny", 3), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
    }

    [Fact]
    public void Dispose_GivenClassifier_LeavesItOpen()
    {
        using var classifier = ImageClassifier.Load(WithEmbedding());
        var image = Flat("a.png", SKColors.Red);

        new ImageEmbeddingGenerator(classifier).Dispose();

        Assert.Equal("red", classifier.Predict(image, Token).Label);
    }

    [Fact]
    public async Task Dispose_LoadedModel_ClosesIt()
    {
        var generator = ImageEmbeddingGenerator.Load(WithEmbedding());
        var image = Flat("a.png", SKColors.Red);

        generator.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync([image], cancellationToken: Token));
    }

    private string WithEmbedding()
    {
        var model = TinyClassifier.Model();
        var port = model.Graph.Output[0].Clone();
        port.Name = "Embedding";
        model.Graph.Output.Add(port);
        model.Graph.Node.Add(new NodeProto { OpType = "Identity", Name = "embedding", Input = { "means" }, Output = { port.Name } });
        return _files.AddFile("embedding.onnx", model.ToByteArray());
    }

    private string Flat(string name, SKColor color)
    {
        using var bitmap = new SKBitmap(TinyClassifier.ImageSize, TinyClassifier.ImageSize);
        bitmap.Erase(color);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return _files.AddFile(name, png.ToArray());
    }
}
