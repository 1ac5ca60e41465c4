using Google.Protobuf;
using MLNetExtensions.Tests.Quantization;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Sessions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>A model scores a grey image before it is used, whichever door it comes through.</summary>
public sealed class TrialTests : IDisposable
{
    private const string Ending = "; it is damaged, or not an image classifier of this product.";
    private readonly ImageFiles _files = new();

    public static TheoryData<string> Faults => [.. FaultyModels.All.Keys];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public void Load_ModelWhoseOutputsCannotBeTrue_IsRefusedAtEachDoor(string fault)
    {
        var (make, predicate) = FaultyModels.All[fault];
        var model = TinyClassifier.Model();
        make(model);
        var onnx = Write(model);
        var zip = TinyClassifier.WriteZip(In("model.zip"), model: model.Clone());

        foreach (var path in new[] { onnx, zip })
        {
            Assert.All(ZipsOfStrangers.Doors, load => Assert.Equal($"'{path}' {predicate}{Ending}", Refusal(() => load(path))));
        }

        Assert.Equal($"'{onnx}' {predicate}{Ending}", Refusal(() => ClassifierSession.Open(onnx, ComputeDevice.Cpu).Dispose()));
    }

    [Fact]
    public void Quantize_ModelWhoseIndexIsWrong_IsRefusedBeforeAnyImageIsRead()
    {
        var (make, predicate) = FaultyModels.All["index too large"];
        var model = ConvolutionClassifier.Model();
        make(model);
        var path = Write(model);
        LabeledImage[] images = [new() { ImagePath = In("none.png"), Label = "red" }];

        var refusal = Refusal(() => ImageClassifierQuantizer.Quantize(path, images, In("int8.onnx")));

        Assert.StartsWith($"'{path}' gives a grey image the PredictedIndex ", refusal, StringComparison.Ordinal);
        Assert.EndsWith(predicate[predicate.IndexOf(", and", StringComparison.Ordinal)..] + Ending, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_IndexOfAnotherType_SaysWhatItShouldBe()
    {
        var model = TinyClassifier.Model();
        FaultyModels.GiveIndexAsInt32(model);
        var path = Write(model);

        Assert.Equal(
            $"'{path}' is not an image classifier of this product: its output PredictedIndex is not one of int64 [N, 1].",
            Refusal(() => ImageClassifier.Load(path).Dispose()));
    }

    [Fact]
    public void Load_ModelWithoutIndex_IsTriedByItsScores()
    {
        var model = TinyClassifier.Model();
        FaultyModels.TakeIndexOut(model);

        using var classifier = ImageClassifier.Load(Write(model));

        Assert.Equal(TinyClassifier.Colours, classifier.Labels);
    }

    [Fact]
    public void Load_BatchOfFixedSize_SaysWhatItShouldBe()
    {
        var model = TinyClassifier.Model();
        foreach (var port in model.Graph.Input.Concat(model.Graph.Output))
        {
            port.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
        }

        var path = Write(model);

        Assert.Equal(
            $"'{path}' is not an image classifier of this product: expected one input of bytes [N, 8, 8, 3] and an output Score of floats "
            + "[N, 3].",
            Refusal(() => ImageClassifier.Load(path).Dispose()));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(1.0005, null)]
    [InlineData(0.9995, null)]
    [InlineData(1.0015, "gives a grey image the score 1.002, which is no probability")]
    [InlineData(0.9985, "gives scores of a grey image that sum to 0.9985 instead of 1")]
    public void WhyNoProbabilities_SumBesideOne_IsToleratedToAThousandth(float score, string? fault) =>
        Assert.Equal(fault, TrialImage.WhyNoProbabilities([score, 0]));

    private static string Refusal(Action use) => Assert.Throws<ModelFileException>(use).Message;

    private string Write(ModelProto model) => _files.AddFile("model.onnx", model.ToByteArray());

    private string In(string name) => Path.Combine(_files.Folder, name);
}
