using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Quantization.Calibration;
using TestImages;

namespace MLNetExtensions.Tests.Quantization.Calibration;

public sealed class CalibratorTests : IDisposable
{
    private static readonly string[] Tensors = ["scaled", "conv1", ConvolutionClassifier.Hidden, ConvolutionClassifier.Logits];

    private readonly ColourImages _images = new(imagesPerColour: 4);

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Calibrate_MinMax_IsTheSmallestAndTheLargestValueOfAllImages()
    {
        var ranges = Calibrate(new QuantizationOptions(), cancellationToken: TestContext.Current.CancellationToken);

        var values = Enumerable.Range(0, 12).SelectMany(seed => ImageFiles.Pixels(seed)).ToList();
        Assert.Equal(0, ranges["scaled"].Minimum);                                   // widened: the darkest value is above 0
        Assert.Equal(values.Max() / 255f, ranges["scaled"].Maximum, precision: 6);
        var brightest = Enumerable.Range(0, 12).SelectMany(seed => ImageFiles.Pixels(seed).Chunk(3))
            .Max(pixel => pixel.Sum(value => (int)value));
        Assert.Equal(-brightest / 255f, ranges["conv1"].Minimum, precision: 5);      // the fourth channel is minus the sum of the three
        Assert.Equal(new ActivationRange(0, ranges["conv1"].Maximum), ranges[ConvolutionClassifier.Hidden]);
    }

    [Theory]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Calibrate_NarrowingMethods_StayWithinMinMaxAndHoldZero(CalibrationMethod method)
    {
        var widest = Calibrate(new QuantizationOptions(), cancellationToken: TestContext.Current.CancellationToken);

        var ranges = Calibrate(
            new QuantizationOptions { Calibration = method, Percentile = 90 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(Tensors, tensor =>
        {
            Assert.InRange(ranges[tensor].Minimum, widest[tensor].Minimum, 0);
            Assert.InRange(ranges[tensor].Maximum, 0, widest[tensor].Maximum);
        });
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    public void Calibrate_AnyNumberOfThreads_GivesTheSameRanges(CalibrationMethod method)
    {
        var alone = Calibrate(
            new QuantizationOptions { Calibration = method, Threads = 1 }, cancellationToken: TestContext.Current.CancellationToken);

        var together = Calibrate(
            new QuantizationOptions { Calibration = method, Threads = 8 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Calibrate_DamagedImage_IsNotCounted()
    {
        _images.AddDamaged("blue/0.png");
        var pixels = _images.Pixels(maxSkipped: 1);
        var calibrator = new Calibrator(pixels, pixels.Sample(13), threads: 2, CancellationToken.None);

        calibrator.Calibrate(Session(), Tensors);

        Assert.Equal(12, calibrator.Images);
    }

    [Fact]
    public void Calibrate_ValuesThatAreNoNumbers_NamesTheTensor()
    {
        var model = ConvolutionClassifier.Model();
        model.Graph.Initializer.Single(weights => weights.Name == "conv2.bias").RawData =
            Google.Protobuf.ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([0, float.NaN, 0]));
        using var session = new ActivationSession(model, 8, ["conv1", "conv2"]);
        var pixels = _images.Pixels();

        var error = Assert.Throws<ModelFileException>(
            () => new Calibrator(pixels, pixels.Sample(2), threads: 2, CancellationToken.None).Calibrate(session, ["conv1", "conv2"]));

        Assert.Equal("The model cannot be quantised: its tensor 'conv2' has values that are not finite.", error.Message);
    }

    [Fact]
    public void Calibrate_Cancelled_Stops() => Assert.ThrowsAny<OperationCanceledException>(
        () => Calibrate(new QuantizationOptions(), new CancellationToken(canceled: true)));

    private static ActivationSession Session() => new(ConvolutionClassifier.Model(), 8, Tensors);

    private IReadOnlyDictionary<string, ActivationRange> Calibrate(
        QuantizationOptions options, CancellationToken cancellationToken = default)
    {
        var pixels = _images.Pixels();
        using var session = Session();
        var calibrator = new Calibrator(pixels, pixels.Sample(options.CalibrationImages), options.Threads, cancellationToken)
        {
            Method = options.Calibration,
            Percentile = options.Percentile,
        };
        return calibrator.Calibrate(session, Tensors);
    }
}
