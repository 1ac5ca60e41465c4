using Google.Protobuf;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using TestImages;

namespace MLNetExtensions.Tests.Model;

public sealed class ClassifierModelTests : IDisposable
{
    private static readonly ClassifierMetadata Metadata = new()
    {
        Architecture = "resnet20",
        Labels = ["rose", "tulip"],
        ImageSize = 8,
        Mean = [0, 0, 0],
        StandardDeviation = [1, 1, 1],
    };

    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_ModelOfOurs_ReadsItsMetadata()
    {
        var path = _files.AddFile("model.onnx", Model().ToByteArray());

        var (model, metadata) = ClassifierModel.Load(path);

        Assert.Equal(Model(), model);
        Assert.Equivalent(Metadata, metadata, strict: true);
    }

    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        var path = Path.Combine(_files.Folder, "missing.onnx");

        var error = Assert.Throws<ModelFileException>(() => ClassifierModel.Load(path));

        Assert.Equal($"The model file '{path}' does not exist.", error.Message);
    }

    [Fact]
    public void Load_EmptyFile_Throws()
    {
        var path = _files.AddFile("model.onnx");

        Assert.Throws<ModelFileException>(() => ClassifierModel.Load(path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Load_RandomBytes_Throws(int seed)
    {
        var content = new byte[4096];
        new Random(seed).NextBytes(content);
        var path = _files.AddFile("model.onnx", content);

        Assert.Throws<ModelFileException>(() => ClassifierModel.Load(path));
    }

    [Fact]
    public void Load_FileCutOffAnywhere_Throws()
    {
        var whole = Model().ToByteArray();

        Assert.All(Enumerable.Range(0, whole.Length), length =>
        {
            var path = _files.AddFile("model.onnx", whole[..length]);
            Assert.Throws<ModelFileException>(() => ClassifierModel.Load(path));
        });
    }

    [Theory]
    [InlineData("architecture", null)]
    [InlineData("labels", null)]
    [InlineData("labels", "no JSON")]
    [InlineData("labels", "null")]
    [InlineData("labels", "[]")]
    [InlineData("labels", "[null,null]")]
    [InlineData("image_size", "wide")]
    [InlineData("image_size", "0")]
    [InlineData("resize", "Sideways")]
    [InlineData("mean", "null")]
    [InlineData("std", "[1,1]")]
    public void Load_DamagedMetadata_Throws(string key, string? value)
    {
        var model = Model();
        var property = model.MetadataProps.Single(p => p.Key == key);
        model.MetadataProps.Remove(property);
        if (value is not null)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        var path = _files.AddFile("model.onnx", model.ToByteArray());

        Assert.Throws<ModelFileException>(() => ClassifierModel.Load(path));
    }

    /// <summary>No seed would be found for a million classes, however long one looked.</summary>
    [Theory]
    [InlineData(100_000, null)]
    [InlineData(1_000_000, "'m' has 1,000,000 classes, and a model of this product has at most 100,000.")]
    public void ReadMetadata_ManyClasses_HasABound(int classes, string? refusal)
    {
        var model = TinyClassifier.Model([.. Enumerable.Range(0, classes).Select(i => $"{i}")]);
        var properties = model.MetadataProps.ToDictionary(property => property.Key, property => property.Value);

        Assert.Equal(refusal, Record.Exception(() => ClassifierModel.ReadMetadata(properties, "'m'"))?.Message);
    }

    [Fact]
    public void Load_Folder_Throws() => Assert.Throws<ModelFileException>(() => ClassifierModel.Load(_files.Folder));

    [Fact]
    public void RenamePort_InputUsedByANode_RenamesBoth()
    {
        var model = Model();

        ClassifierModel.RenamePort(model, ClassifierModel.Pixels, "other");

        Assert.Equal("other", model.Graph.Input.Single().Name);
        Assert.Equal(["other"], model.Graph.Node.Single().Input);
        Assert.Equal([ClassifierModel.Score], model.Graph.Node.Single().Output);
    }

    /// <summary>Port, node and metadata of a classifier, without weights; the metadata comes last, as the field numbers have it.</summary>
    private static ModelProto Model() => new()
    {
        IrVersion = 8,
        Graph = new GraphProto
        {
            Input = { new ValueInfoProto { Name = ClassifierModel.Pixels } },
            Output = { new ValueInfoProto { Name = ClassifierModel.Score } },
            Node = { new NodeProto { OpType = "Softmax", Input = { ClassifierModel.Pixels }, Output = { ClassifierModel.Score } } },
        },
        MetadataProps = { Metadata.ToProperties().Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }) },
    };
}
