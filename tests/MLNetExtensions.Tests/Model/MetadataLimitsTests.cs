using Google.Protobuf;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using TestImages;

namespace MLNetExtensions.Tests.Model;

public sealed class MetadataLimitsTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>30000² × 3 values of 1 byte as they are read and of 4 as they are computed with: 13.5 GB.</summary>
    [Theory]
    [InlineData("labels", """["a","a","c"]""", "has the label 'a' twice, so that nobody could tell the two classes apart.")]
    [InlineData(
        "labels", """["\u00e9","e\u0301","c"]""",
        "has the label 'e\u0301' twice, so that nobody could tell the two classes apart.")]
    [InlineData("labels", """["","b","c"]""", "has a label that is empty.")]
    [InlineData("labels", """["\u001b[2Ja","b","c"]""", "has a label with control characters, '?[2Ja'.")]
    [InlineData("labels", """["a\u0085b","b","c"]""", "has a label with control characters, 'a?b'.")]
    [InlineData("labels", "{}", "is not an image classifier of this product: the property 'labels' of its metadata is damaged.")]
    [InlineData(
        "image_size", "30000",
        "has the image_size 30000, at which one image takes 13.5 GB of memory; the limit is 8192 pixels, 1.0 GB.")]
    [InlineData("image_size", "0", "is not an image classifier of this product: the property 'image_size' of its metadata is damaged.")]
    [InlineData("image_size", "-1", "is not an image classifier of this product: the property 'image_size' of its metadata is damaged.")]
    [InlineData("crop_size", "9", "has the crop_size 9, which is larger than its image_size, 8.")]
    [InlineData("mean", "[1e39,0,0]", "has a mean in its metadata that is not finite.")]
    [InlineData("mean", "[NaN,0,0]", "is not an image classifier of this product: the property 'mean' of its metadata is damaged.")]
    [InlineData("std", "[0,1,1]", "has an std in its metadata that is not above 0 and finite.")]
    [InlineData("std", "[1e39,1,1]", "has an std in its metadata that is not above 0 and finite.")]
    [InlineData(
        "labels", """["a","b"]""",
        "is not an image classifier of this product: expected one input of bytes [N, 8, 8, 3] and an output Score of floats [N, 2].")]
    public void Load_ImpossibleMetadata_AreRefusedAtEachDoor(string key, string value, string refusal)
    {
        var model = TinyClassifier.Model();
        FaultyModels.SetProperty(model, key, value);
        var path = _files.AddFile("model.onnx", model.ToByteArray());

        Assert.All(
            ZipsOfStrangers.Doors,
            load => Assert.Equal($"'{path}' {refusal}", Assert.Throws<ModelFileException>(() => load(path)).Message));
        Assert.Equal($"'{path}' {refusal}", Assert.Throws<ModelFileException>(() => Halve(path)).Message);
    }

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, "of 257 characters, '")]
    public void WhyNoLabel_LongName_IsShortenedInTheMessage(int length, string? beginning)
    {
        var fault = MetadataLimits.WhyNoLabel(new string('a', length));

        Assert.StartsWith(beginning ?? "", fault ?? "", StringComparison.Ordinal);
        Assert.InRange(fault?.Length ?? 0, 0, 200);
        Assert.Equal(beginning is null, fault is null);
    }

    [Fact]
    public void Load_KeyTwice_IsRefusedByWhoeverReadsMetadata()
    {
        var model = TinyClassifier.Model();
        model.MetadataProps.Add(new StringStringEntryProto { Key = "labels", Value = """["x","y","z"]""" });
        var path = _files.AddFile("model.onnx", model.ToByteArray());
        var refusal = $"'{path}' has 'labels' twice in its metadata, so that nobody can tell which of them is meant.";

        Assert.All(ZipsOfStrangers.Doors, load => Assert.Equal(refusal, Assert.Throws<ModelFileException>(() => load(path)).Message));
        Assert.Equal(refusal, Assert.Throws<ModelFileException>(() => ClassifierModel.Load(path)).Message);
    }

    [Fact]
    public void Load_NoGraph_IsRefusedInOurOwnWords()
    {
        var model = TinyClassifier.Model();
        model.Graph = null;
        var path = _files.AddFile("model.onnx", model.ToByteArray());
        var refusal = $"'{path}' {OnnxRefusal.NoModel} (it has no graph).";

        Assert.All(ZipsOfStrangers.Doors, load => Assert.Equal(refusal, Assert.Throws<ModelFileException>(() => load(path)).Message));
        Assert.Equal(refusal, Assert.Throws<ModelFileException>(() => Halve(path)).Message);
    }

    private static void Halve(string path) =>
        ImageClassifierQuantizer.HalveWeights(path, path + ".half.onnx", cancellationToken: TestContext.Current.CancellationToken);
}
