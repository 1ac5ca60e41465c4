using static TorchSharp.torch;

namespace MLVision.Trainers.Onnx;

/// <summary>A parameter or buffer under its state dictionary's name, contiguous and on the CPU.</summary>
internal sealed record NamedWeight(string Name, Tensor Value);
