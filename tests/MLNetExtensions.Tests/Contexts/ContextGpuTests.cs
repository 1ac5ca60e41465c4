using Microsoft.ML;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using TestImages;

namespace MLNetExtensions.Tests.Contexts;

/// <summary>The CPU package of ONNX Runtime, which tests run on, has no CUDA.</summary>
public sealed class ContextGpuTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Create_GpuThatIsNotThereWithFallback_BuildsForTheCpuAndWarns()
    {
        var ml = new MLContext { GpuDeviceId = 0, FallbackToCpu = true };
        var log = new List<string>();
        ml.Log += (_, line) => log.Add(line.Message);

        var chain = Create(ml);

        Assert.NotNull(chain);
        Assert.Equal(0, ml.GpuDeviceId);
        Assert.Contains(log, line => line.Contains("Scoring on cpu, as MLContext.FallbackToCpu allows.", StringComparison.Ordinal));
    }

    [Fact]
    public void Create_GpuThatIsNotThereWithoutFallback_SaysTheRemedy()
    {
        var ml = new MLContext { GpuDeviceId = 0 };

        var error = Assert.Throws<DeviceUnavailableException>(() => Create(ml));

        Assert.Contains(
            "reference Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime", error.Message, StringComparison.Ordinal);
        Assert.Contains("MLContext.FallbackToCpu = true", error.Message, StringComparison.Ordinal);
    }

    private IEstimator<ITransformer> Create(MLContext ml)
    {
        var onnx = Path.Combine(_files.Folder, "model.onnx");
        StockChain.WriteOnnx(TinyClassifier.Model(), onnx);
        var pixels = PixelColumn.OfImages("Image", TinyClassifier.ImageSize);
        return StockChain.Create(MLEnvironment.Of(ml.Transforms), pixels, onnx, ClassLabels.FromNames(["red", "green", "blue"]));
    }
}
