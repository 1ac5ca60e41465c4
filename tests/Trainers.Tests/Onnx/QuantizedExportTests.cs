using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MLNetExtensions;
using MLNetExtensions.Onnx;
using MLNetExtensions.Quantization;
using Trainers.Models;
using Trainers.Tests.Models;

namespace Trainers.Tests.Onnx;

/// <summary>Exported networks in int8, one of each family, calibrated on the images they are asked about.</summary>
public class QuantizedExportTests(ITestOutputHelper output)
{
    private const int Classes = 10;
    private const int Images = 4;

    // Rounding to 8 bits leaves 1/255 of a range as noise; through 20 to 80 layers of random weights that adds up to some per cent of how
    // far apart the scores are. A wrong scale, sign or channel leaves no likeness at all: the error is then as large as the scores.
    private const double Tolerance = 0.25;

    [Theory]
    [InlineData("alexnet", 127)]
    [InlineData("googlenet", 64)]
    [InlineData("resnet18", 64)]
    [InlineData("resnet20", 32)]
    [InlineData("resnext50_32x4d", 32)]
    [InlineData("seresnet20", 32)]
    [InlineData("seresnet50_timm", 32)]
    [InlineData("efficientnet_b0", 64)]
    public void Quantize_EachFamily_ScoresAsInFloat(string name, int imageSize)
    {
        using var network = FormulaValues.Fill(ImageModels.Get(name).Build(Classes), ReferenceNetwork.Load(name).Gain);
        var model = QuantizableModel.Prepare(ExportedClassifier.Model(network, ExportedClassifier.Metadata(imageSize, Classes)));
        var pixels = FormulaValues.Pixels(Images, imageSize);

        var quantized = model.Quantize(Ranges(model, pixels, imageSize), new HashSet<string>());

        var error = RelativeError(Logarithms(model.Folded, pixels, imageSize), Logarithms(quantized, pixels, imageSize));
        output.WriteLine($"{name}: error {error:P1}");
        Assert.InRange(error, 0, Tolerance);
        Assert.DoesNotContain(quantized.Graph.Initializer, tensor => tensor.Dims.Count == 4 && tensor.DataType == (int)TensorProto.Types.DataType.Float
            && tensor.CalculateSize() > 100);
    }

    private static Dictionary<string, ActivationRange> Ranges(QuantizableModel model, byte[] pixels, int size)
    {
        var exposed = model.Folded.Clone();
        exposed.Graph.Output.Add(model.Activations.Select(name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        using var session = new InferenceSession(exposed.ToByteArray());
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [Images, size, size, 3]);
        using var values = session.Run(options, [ClassifierModel.Pixels], [input], model.Activations);
        return model.Activations.Zip(values).ToDictionary(pair => pair.First, pair =>
        {
            var numbers = pair.Second.GetTensorDataAsSpan<float>().ToArray();
            return new ActivationRange(numbers.Min(), numbers.Max());
        });
    }

    private static double[] Logarithms(ModelProto model, byte[] pixels, int size)
    {
        using var session = new InferenceSession(model.ToByteArray());
        return [.. ExportedClassifier.Score(session, pixels, Images, size).Score.Select(score => Math.Log(score))];
    }

    /// <summary>Root mean square of the difference over the spread of what is expected, each image's mean taken off both.</summary>
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
