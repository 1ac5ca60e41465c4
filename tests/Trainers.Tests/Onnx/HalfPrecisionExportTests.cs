using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.Trainers.Models;
using Trainers.Tests.Models;

namespace Trainers.Tests.Onnx;

/// <summary>Exported networks in half precision, one of each family.</summary>
public class HalfPrecisionExportTests(ITestOutputHelper output)
{
    private const int Classes = 10;
    private const int Images = 4;

    // Half precision rounds to 2⁻¹¹ at each layer; the largest difference of a probability that was seen is a quarter of this.
    private const double Tolerance = 2e-3;

    [Theory]
    [InlineData("alexnet", 127)]
    [InlineData("googlenet", 64)]
    [InlineData("resnet20", 32)]
    [InlineData("resnet50", 64)]
    [InlineData("seresnet20", 32)]
    [InlineData("efficientnet_b0", 64)]
    public void Convert_EachFamily_ScoresAsInFloatInHalfTheSize(string name, int imageSize)
    {
        using var network = FormulaValues.Fill(ImageModels.Get(name).Build(Classes), ReferenceNetwork.Load(name).Gain);
        var model = ExportedClassifier.Model(network, ExportedClassifier.Metadata(imageSize, Classes));
        var pixels = FormulaValues.Pixels(Images, imageSize);

        var half = HalfPrecision.Convert(model);

        var (expected, labels) = Score(model, pixels, imageSize);
        var (scores, halfLabels) = Score(half, pixels, imageSize);
        var largest = expected.Zip(scores).Max(pair => Math.Abs(pair.First - pair.Second));
        output.WriteLine($"{name}: {largest:E1} of {expected.Max():0.00}");
        Assert.InRange(largest, 0, Tolerance);
        Assert.Equal(labels, halfLabels);
        Assert.InRange((double)half.CalculateSize() / model.CalculateSize(), 0.4, 0.6);
        Assert.DoesNotContain(half.Graph.Node, node => node.OpType == "BatchNormalization");
    }

    private static (float[] Score, long[] PredictedIndex) Score(ModelProto model, byte[] pixels, int size)
    {
        using var session = new InferenceSession(model.ToByteArray());
        return ExportedClassifier.Score(session, pixels, Images, size);
    }
}
