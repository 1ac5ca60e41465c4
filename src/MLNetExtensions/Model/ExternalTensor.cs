namespace MLVision.MLNetExtensions.Model;

/// <summary>A tensor whose values an ONNX model keeps outside of its file.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Location">The file, relative to the model's folder.</param>
internal readonly record struct ExternalTensor(string Name, string Location)
{
    /// <summary>As a message names it: external data 'weights.bin' of tensor 'conv1.weight'.</summary>
    public override string ToString() => $"external data {ForeignText.Quote(Location)} of tensor {ForeignText.Quote(Name)}";
}
