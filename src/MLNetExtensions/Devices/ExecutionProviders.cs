using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace MLVision.MLNetExtensions.Devices;

/// <summary>ONNX Runtime's execution providers: their names, their packages, and how to request them.</summary>
internal static class ExecutionProviders
{
    private const string Tensorrt = "TensorrtExecutionProvider";

    /// <summary>The providers that the installed ONNX Runtime was built with, by ONNX Runtime's names.</summary>
    /// <exception cref="DeviceUnavailableException">ONNX Runtime's native library is missing or cannot be loaded.</exception>
    public static IReadOnlyCollection<string> Installed() => Installed(() => OrtEnv.Instance().GetAvailableProviders());

    /// <inheritdoc cref="Installed()"/>
    internal static IReadOnlyCollection<string> Installed(Func<string[]> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e
            is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new DeviceUnavailableException(
                "ONNX Runtime's native library cannot be loaded. Reference Microsoft.ML.OnnxRuntime in the application itself, and " +
                "publish " +
                $"for the system it runs on: {(e.InnerException ?? e).Message}", e);
        }
    }

    /// <summary>ONNX Runtime's name of the provider.</summary>
    public static string NameOf(ComputeDeviceKind kind) => kind switch
    {
        ComputeDeviceKind.Cuda => "CUDAExecutionProvider",
        ComputeDeviceKind.TensorRt => Tensorrt,
        ComputeDeviceKind.OpenVino => "OpenVINOExecutionProvider",
        ComputeDeviceKind.DirectMl => "DmlExecutionProvider",
        ComputeDeviceKind.CoreMl => "CoreMLExecutionProvider",
        _ => "CPUExecutionProvider",
    };

    /// <summary>How an application gets the provider.</summary>
    public static string RemedyFor(ComputeDeviceKind kind) => kind switch
    {
        ComputeDeviceKind.Cuda or ComputeDeviceKind.TensorRt =>
            "reference Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime",
        ComputeDeviceKind.OpenVino => "reference Intel.ML.OnnxRuntime.OpenVino in place of Microsoft.ML.OnnxRuntime",
        ComputeDeviceKind.DirectMl => "reference Microsoft.ML.OnnxRuntime.DirectML in place of Microsoft.ML.OnnxRuntime",
        ComputeDeviceKind.CoreMl => "run on macOS",
        _ => "reference Microsoft.ML.OnnxRuntime",
    };

    /// <summary>What the machine must have for the provider.</summary>
    public static string NeedsOf(ComputeDeviceKind kind) => kind switch
    {
        ComputeDeviceKind.Cuda => "an NVIDIA driver and the versions of CUDA and cuDNN that this ONNX Runtime was built for",
        ComputeDeviceKind.TensorRt => "an NVIDIA driver and the versions of CUDA, cuDNN and TensorRT that this ONNX Runtime was built for",
        ComputeDeviceKind.OpenVino => "OpenVINO's own libraries",
        ComputeDeviceKind.DirectMl => "Windows and a GPU with DirectX 12",
        _ => "macOS",
    };

    /// <summary>Requests the provider; the CPU's is always there and need not be requested.</summary>
    public static void Append(SessionOptions options, ComputeDevice device)
    {
        switch (device.Kind)
        {
            case ComputeDeviceKind.Cuda:
                AppendCuda(options, device.Index);
                break;
            case ComputeDeviceKind.TensorRt:
                options.AppendExecutionProvider_Tensorrt(device.Index);
                // What TensorRT cannot compile runs on the same GPU.
                AppendCuda(options, device.Index);
                break;
            case ComputeDeviceKind.OpenVino:
                options.AppendExecutionProvider("OpenVINO");
                break;
            case ComputeDeviceKind.DirectMl:
                options.AppendExecutionProvider_DML(device.Index);
                break;
            case ComputeDeviceKind.CoreMl:
                options.AppendExecutionProvider_CoreML();
                break;
        }
    }

    /// <summary>How convolutions are computed on an NVIDIA GPU, in ONNX Runtime's words.</summary>
    /// <param name="index">Which GPU.</param>
    /// <remarks>
    /// ONNX Runtime's own default tries every algorithm for every convolution whenever the shape of a batch changes: seconds for an
    /// EfficientNet, where the heuristic takes a fraction of one and chooses as well. Channels last is the order that tensor cores take,
    /// and a fifth faster for a ResNet-50.
    /// </remarks>
    internal static IReadOnlyDictionary<string, string> CudaSettings(int index) => new Dictionary<string, string>
    {
        ["device_id"] = index.ToString(CultureInfo.InvariantCulture),
        ["cudnn_conv_algo_search"] = "HEURISTIC",
        ["prefer_nhwc"] = "1",
    };

    private static void AppendCuda(SessionOptions options, int index)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>(CudaSettings(index)));
        options.AppendExecutionProvider_CUDA(cuda);
    }
}
