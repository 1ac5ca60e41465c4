using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.Trainers.Models;
using Trainers.Tests.Models;

namespace Trainers.Tests.Onnx;

/// <summary>Exported networks in int8, one of each family, calibrated on the images they are asked about.</summary>
public class QuantizedExportTests(ITestOutputHelper output)
{
    private const int Classes = 10;
    private const int Images = 4;

    // Rounding to 8 bits leaves half of 1/255 of a range as noise; through the layers that adds up to per cents of how far apart
    // the scores are: 0.5 to 2.5 % were seen. EfficientNet multiplies rounded numbers three times in each of its blocks, and
    // showed 12 %. A wrong scale, sign or channel leaves no likeness at all: the error is then as large as the scores.
    [Theory]
    [InlineData("alexnet", 127, 0.05)]
    [InlineData("googlenet", 64, 0.05)]
    [InlineData("resnet18", 64, 0.05)]
    [InlineData("resnet20", 32, 0.05)]
    [InlineData("seresnet20", 32, 0.05)]
    [InlineData("efficientnet_b0", 64, 0.25)]
    public void Quantize_EachFamily_ScoresAsInFloat(string name, int imageSize, double tolerance)
    {
        using var network = FormulaValues.Fill(ImageModels.Get(name).Build(Classes), ReferenceNetwork.Load(name).Gain);
        var model = QuantizableModel.Prepare(ExportedClassifier.Model(network, ExportedClassifier.Metadata(imageSize, Classes)));
        var pixels = FormulaValues.Pixels(Images, imageSize);

        var quantized = model.Quantize(Ranges(model, pixels, imageSize), new HashSet<string>());

        var error = RelativeError(Logarithms(model.Folded, pixels, imageSize), Logarithms(quantized, pixels, imageSize));
        output.WriteLine($"{name}: error {error:P1}");
        Assert.InRange(error, 0, tolerance);
        var kernels = model.Folded.Graph.Node.Where(node => node.OpType == "Conv").Select(node => node.Input[1]).ToHashSet();
        Assert.DoesNotContain(quantized.Graph.Initializer, tensor => kernels.Contains(tensor.Name));
    }

    internal static Dictionary<string, ActivationRange> Ranges(QuantizableModel model, byte[] pixels, int size, int images = Images)
    {
        var exposed = model.Folded.Clone();
        exposed.Graph.Output.Add(model.Activations.Select(name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        using var session = new InferenceSession(exposed.ToByteArray());
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [images, size, size, 3]);
        using var values = session.Run(options, [ClassifierModel.Pixels], [input], model.Activations);
        return model.Activations.Zip(values).ToDictionary(pair => pair.First, pair =>
        {
            var numbers = pair.Second.GetTensorDataAsSpan<float>().ToArray();
            return new ActivationRange(numbers.Min(), numbers.Max());
        });
    }

    private static double[] Logarithms(ModelProto model, byte[] pixels, int size)
    {
        using var options = new SessionOptions();
        options.AddSessionConfigEntry(SessionOpener.ExactInt8, "1");     // as the product opens sessions
        using var session = new InferenceSession(model.ToByteArray(), options);
        return [.. ExportedClassifier.Score(session, pixels, Images, size).Score.Select(score => Math.Log(score))];
    }

    /// <summary>
    /// Root mean square of the difference over the spread of what is expected, each image's mean taken off both.
    /// </summary>
    private static double RelativeError(double[] expected, double[] actual)
    {
        var (error, spread) = (0.0, 0.0);
        foreach (var (a, b) in expected.Chunk(Classes).Zip(actual.Chunk(Classes)))
        {
            var (meanA, meanB) = (a.Average(), b.Average());
            error += a.Zip(b).Sum(pair => Math.Pow(pair.First - meanA - (pair.Second - meanB), 2));
            spread += a.Sum(value => Math.Pow(value - meanA, 2));
        }

        return Math.Sqrt(error / spread);
    }
}
