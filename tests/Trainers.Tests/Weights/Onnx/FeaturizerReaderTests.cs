using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Onnx;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Trainers.Tests.Weights.Onnx;

public sealed class FeaturizerReaderTests(ITestOutputHelper output)
{
    private const int Size = 224;
    private const int Area = Size * Size;

    // Means of the channels of ML.NET's mean image (ResNetPreprocess.onnx in the same package): red, green, blue.
    private static readonly float[] ChannelMeans = [123.1516f, 115.9029f, 103.0626f];

    /// <summary>The original file in ONNX Runtime against our network, which gets red, green, blue on the scale 0..1.</summary>
    [Fact]
    public void Read_ThePackagesFile_GivesItsFeatures()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var pixels = Photograph();
        var expected = OriginalFeatures(pixels);
        using var start = Open();
        using var network = start.BuildForFineTuning(["a", "b", "c"], seed: 1);
        network.eval();
        var normalization = start.Preprocess(imageSize: null, resizeSize: null).Normalization;
        var images = tensor(pixels.ToArray(), [1, 3, Size, Size]) / 255f;
        images = (images - Channels(normalization.Mean)) / Channels(normalization.StandardDeviation);

        var features = new Backbone(network, "fc").Features(images);

        var difference = (features.flatten() - tensor(expected)).abs().max().item<float>() / expected.Max(MathF.Abs);
        output.WriteLine($"Largest difference, relative to the largest feature: {difference:E1}.");
        Assert.Equal(512, expected.Length);
        Assert.InRange(difference, 0, 1e-4);    // float32's rounding through 19 layers; seen is 7e-7
    }

    [Fact]
    public void Read_ThePackagesFile_HasAllWeightsButTheLastLayers()
    {
        using var file = WeightsFile.Open(FeaturizerFile.Path, FeaturizerReader.Read);
        using var network = ImageModels.Get("resnet18_mlnet").Network(2);

        var keys = network.state_dict().Keys
            .Where(key => !NetworkShapes.IsCounter(key) && !key.StartsWith("fc.", StringComparison.Ordinal));

        Assert.False(file.HasClassifier);
        Assert.Equal(keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(file.Saved, saved => Assert.Equal(ElementType.Float32, saved.Tensor.ElementType));
    }

    /// <summary>Parsing ends within a tensor, between two fields, and within the first bytes.</summary>
    [Theory]
    [InlineData(1_000_000)]
    [InlineData(9)]
    [InlineData(3)]
    public void Read_CutFile_SaysThatItIsDamaged(int length) => FeaturizerFile.Cut(length, path =>
    {
        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(path, FeaturizerReader.Read));

        Assert.StartsWith($"The weights file '{path}' is damaged: its ONNX model", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Read_AnotherNetwork_SaysWhereItDiffers()
    {
        using var file = MappedFile.Open(FeaturizerFile.Path);
        var model = OnnxFile.Parse(file);

        var error = Assert.Throws<WeightsFileException>(
            () => GraphPairing.Find(file, model, ImageModels.Get("resnet34")));

        // After its second block of the first stage, a ResNet-34 has a third, which keeps 64 channels.
        Assert.EndsWith(
            "is refused: its graph is not that of resnet34, which has a Conv that reads 'ReLU283_Output_0'.", error.Message,
            StringComparison.Ordinal);
    }

    private static StartingPoint Open() => StartingPoint.Open(
        ImageModels.Get("resnet18_mlnet"), "imagenet_mlnet", key: null, NullLogger.Instance, progress: null,
        TestContext.Current.CancellationToken);

    private static Tensor Channels(IReadOnlyList<float> values) => tensor(values.ToArray()).view(1, 3, 1, 1);

    /// <summary>Whole numbers from 0 to 255, [3, 224, 224], red, green, blue: waves of other lengths and noise in each channel.</summary>
    private static float[] Photograph()
    {
        var random = new Random(16);
        return
        [
            .. Enumerable.Range(0, 3 * Area).Select(i =>
            {
                var (channel, y, x) = (i / Area, i % Area / Size, i % Size);
                var wave = Math.Sin(x * (0.03 + (0.02 * channel))) * Math.Cos(y * (0.05 - (0.01 * channel)));
                return (float)Math.Clamp(Math.Round(90 + (40 * channel) + (80 * wave) + random.Next(-30, 31)), 0, 255);
            }),
        ];
    }

    /// <summary>What the original makes of blue, green, red minus the means.</summary>
    private static float[] OriginalFeatures(float[] pixels)
    {
        var input = new float[pixels.Length];
        for (var i = 0; i < input.Length; i++)
        {
            var channel = i / Area;
            input[((2 - channel) * Area) + (i % Area)] = pixels[i] - ChannelMeans[channel];
        }

        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(FeaturizerFile.Path, options);
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor("Input247", new DenseTensor<float>(input, [1, 3, Size, Size]))]);
        return [.. results[0].AsEnumerable<float>()];
    }
}
