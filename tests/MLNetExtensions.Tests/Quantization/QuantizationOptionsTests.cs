using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Quantization.Calibration;

namespace MLNetExtensions.Tests.Quantization;

public sealed class QuantizationOptionsTests
{
    public static TheoryData<QuantizationOptions, string> OutOfRange => new()
    {
        { new QuantizationOptions { MaxDropPoints = -0.1 }, "MaxDropPoints must be from 0 to 100." },
        { new QuantizationOptions { MaxDropPoints = double.NaN }, "MaxDropPoints must be from 0 to 100." },
        { new QuantizationOptions { MaxFloatShare = 1.1 }, "MaxFloatShare must be from 0 to 1." },
        { new QuantizationOptions { Percentile = 50 }, "Percentile must be above 50 and up to 100." },
        { new QuantizationOptions { Calibration = (CalibrationMethod)9 }, "Calibration must be MinMax, Percentile or Entropy." },
        { new QuantizationOptions { CalibrationImages = 0 }, "CalibrationImages must be at least 1." },
        { new QuantizationOptions { MaxSkippedImages = -1 }, "MaxSkippedImages must be 0 or more." },
        { new QuantizationOptions { Threads = 0 }, "Threads must be at least 1." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Quantize_OptionOutOfRange_SaysWhatIsExpected(QuantizationOptions options, string sentence)
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            () => ImageClassifierQuantizer.Quantize(
                "model.onnx", [], "out.onnx", options, cancellationToken: TestContext.Current.CancellationToken));

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
    }
}
