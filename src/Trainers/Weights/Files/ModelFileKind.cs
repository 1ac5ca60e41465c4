namespace MLVision.Trainers.Weights.Files;

/// <summary>What a file of a network is.</summary>
public enum ModelFileKind
{
    /// <summary>A <c>model.zip</c> of ML.NET with an image classifier in it.</summary>
    ModelZip,

    /// <summary>An ONNX model.</summary>
    Onnx,

    /// <summary>What PyTorch's <c>torch.save</c> wrote: weights by name, at any depth.</summary>
    PyTorch,

    /// <summary>Weights in the safetensors format.</summary>
    Safetensors,
}
