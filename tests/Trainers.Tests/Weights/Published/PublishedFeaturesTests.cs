using Microsoft.Extensions.Logging.Abstractions;
using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Published;
using static TorchSharp.torch;

namespace Trainers.Tests.Weights.Published;

public sealed class PublishedFeaturesTests
{
    private const int Margin = 16;
    private const int Crop = 224;

    /// <summary>The package's file in ONNX Runtime against our network in torch, on the same square of pixels.</summary>
    [Fact]
    public void Compute_Pixels_AreTheNetworksFeatures()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var published = PublishedFeatures.Open();
        var pixels = Waves(published.ImageSize);
        using var start = StartingPoint.Open(
            ImageModels.Get("resnet18_mlnet"), "imagenet_mlnet", key: null, NullLogger.Instance, progress: null,
            TestContext.Current.CancellationToken);
        using var network = start.BuildForFineTuning(["a", "b", "c"], seed: 1);
        network.eval();
        var normalization = start.Preprocess(imageSize: null, resizeSize: null).Normalization;
        var image = tensor(pixels).view(1, published.ImageSize, published.ImageSize, 3).permute(0, 3, 1, 2)
            .narrow(2, Margin, Crop).narrow(3, Margin, Crop).to_type(ScalarType.Float32) / 255f;
        image = (image - Channels(normalization.Mean)) / Channels(normalization.StandardDeviation);
        var expected = new Backbone(network, "fc").Features(image).flatten();

        var features = new float[published.Width];
        published.Compute(pixels, features);

        var difference = (expected - tensor(features)).abs().max().item<float>() / expected.abs().max().item<float>();
        Assert.InRange(difference, 0, 1e-4);    // float32's rounding through 19 layers
    }

    [Fact]
    public void Compute_ManyThreads_GiveTheSame()
    {
        using var published = PublishedFeatures.Open();
        var pixels = Waves(published.ImageSize);
        var results = new float[8][];

        Parallel.For(0, results.Length, i =>
        {
            results[i] = new float[published.Width];
            published.Compute(pixels, results[i]);
        });

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [InlineData(256 * 256 * 3 - 1, 512)]
    [InlineData(256 * 256 * 3, 511)]
    public void Compute_OtherLengths_Throws(int pixels, int features)
    {
        using var published = PublishedFeatures.Open();

        Assert.Throws<ArgumentException>(() => published.Compute(new byte[pixels], new float[features]));
    }

    private static byte[] Waves(int size) =>
    [
        .. Enumerable.Range(0, size * size * 3)
            .Select(i => (byte)(127 + (100 * Math.Sin(i / 3 % size * (0.03 + (0.02 * (i % 3)))) * Math.Cos(i / 3 / size * 0.05)))),
    ];

    private static Tensor Channels(IReadOnlyList<float> values) => tensor(values.ToArray()).view(1, 3, 1, 1);
}
