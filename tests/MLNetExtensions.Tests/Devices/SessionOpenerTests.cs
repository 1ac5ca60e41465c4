using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;

namespace MLNetExtensions.Tests.Devices;

public sealed class SessionOpenerTests
{
    private const string Cpu = "CPUExecutionProvider";
    private const string Cuda = "CUDAExecutionProvider";

    private static readonly byte[] Model = TinyClassifier.Model().ToByteArray();

    private readonly RecordingLogger _logger = new();

    [Fact]
    public void Open_AutoWhereOnlyTheCpuIsInstalled_TakesItAndSaysSo()
    {
        var opener = new SessionOpener([Cpu], _logger);

        var (session, device) = opener.Open(ComputeDevice.Auto, 1, Create);

        session.Dispose();
        Assert.Equal(ComputeDevice.Cpu, device);
        var (level, message) = Assert.Single(_logger.Lines);
        Assert.Equal(LogLevel.Information, level);
        Assert.Equal($"Scoring on cpu, the best that the installed ONNX Runtime has ({Cpu}).", message);
    }

    /// <summary>
    /// The CPU package refuses to make CUDA's options: what a package that lists a provider it cannot start looks like to a caller.
    /// </summary>
    [Fact]
    public void Open_AutoWhereTheBestDoesNotStart_WarnsAndTakesTheNext()
    {
        var opener = new SessionOpener([Cuda, Cpu], _logger);

        var (session, device) = opener.Open(ComputeDevice.Auto, 1, Create);

        session.Dispose();
        Assert.Equal(ComputeDevice.Cpu, device);
        var (level, message) = _logger.Lines.First();
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("The device 'cuda:0' does not start (", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DeviceByNameThatDoesNotStart_SaysWhatItNeeds()
    {
        var opener = new SessionOpener([Cuda, Cpu], _logger);

        var error = Assert.Throws<DeviceUnavailableException>(() => opener.Open(ComputeDevice.Parse("cuda:0"), 1, Create));

        Assert.Contains("it needs an NVIDIA driver", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("or score on cpu.", error.Message, StringComparison.Ordinal);
        Assert.IsType<OnnxRuntimeException>(error.InnerException);
    }

    [Theory]
    [InlineData("cuda:7")]
    [InlineData("tensorrt:1")]
    public void WhyUnavailable_DeviceThatDoesNotStart_SaysSoInASentence(string name) => Assert.StartsWith(
        $"The device '{name}' does not start (",
        new SessionOpener([Cuda, "TensorrtExecutionProvider", Cpu], _logger).WhyUnavailable(ComputeDevice.Parse(name)),
        StringComparison.Ordinal);

    /// <summary>On a GPU, each session would warn of nodes that belong on the CPU; errors are thrown.</summary>
    [Fact]
    public void Open_AnyDevice_LeavesItToUsToSpeak()
    {
        OrtLoggingLevel? level = null;

        var (session, _) = new SessionOpener([Cpu], _logger).Open(ComputeDevice.Cpu, 1, options =>
        {
            level = options.LogSeverityLevel;
            return Create(options);
        });

        session.Dispose();
        Assert.Equal(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, level);
    }

    /// <summary>The names and values are those of ONNX Runtime's cuda_execution_provider_info.cc.</summary>
    [Fact]
    public void CudaSettings_OneOfSeveralGpus_ArePlansByHeuristicAndChannelsLast() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["device_id"] = "3",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["prefer_nhwc"] = "1",
        },
        ExecutionProviders.CudaSettings(3));

    [Theory]
    [InlineData("cuda:0", "reference Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime")]
    [InlineData("tensorrt:0", "reference Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime")]
    [InlineData("openvino", "Intel.ML.OnnxRuntime.OpenVino")]
    [InlineData("directml:0", "Microsoft.ML.OnnxRuntime.DirectML")]
    [InlineData("coreml", "macOS")]
    public void Open_DeviceByNameThatIsNotInstalled_SaysTheRemedy(string name, string remedy)
    {
        var opener = new SessionOpener([Cpu], _logger);

        var error = Assert.Throws<DeviceUnavailableException>(() => opener.Open(ComputeDevice.Parse(name), 1, Create));

        Assert.StartsWith($"The device '{name}' needs an ONNX Runtime with ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the installed one has {Cpu}", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DamagedModel_IsNotTheDevicesFault()
    {
        var opener = new SessionOpener([Cpu], _logger);

        Assert.Throws<OnnxRuntimeException>(
            () => opener.Open(ComputeDevice.Auto, 1, options => new InferenceSession(Model[..^9], options)));
    }

    [Fact]
    public void Installed_NativeLibraryMissing_SaysWhatToReference()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => ExecutionProviders.Installed(
            () => throw new TypeInitializationException("NativeMethods", new DllNotFoundException("onnxruntime"))));

        Assert.Contains("Reference Microsoft.ML.OnnxRuntime in the application itself", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("onnxruntime", error.Message, StringComparison.Ordinal);
    }

    private static InferenceSession Create(SessionOptions options) => new(Model, options);
}
