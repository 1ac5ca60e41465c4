namespace MLVision.MLNetExtensions.Devices;

/// <summary>Kinds of devices: for ONNX Runtime, each is an execution provider of its own; libtorch trains on the first three.</summary>
public enum ComputeDeviceKind
{
    /// <summary>The best one available: CUDA, DirectML, OpenVINO, then the CPU.</summary>
    /// <remarks>
    /// TensorRT and CoreML are taken only when asked for: TensorRT compiles a model for minutes before it scores the first image, and
    /// CoreML comes with every macOS package and computes partly at half precision.
    /// </remarks>
    Auto,

    /// <summary>The CPU, which every package of ONNX Runtime has.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU, the model compiled for it at load.</summary>
    TensorRt,

    /// <summary>Intel's processors, as the installed OpenVINO chooses.</summary>
    OpenVino,

    /// <summary>Any GPU, on Windows.</summary>
    DirectMl,

    /// <summary>Apple's processors.</summary>
    CoreMl,
}
