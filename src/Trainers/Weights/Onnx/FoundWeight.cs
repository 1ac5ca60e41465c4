namespace MLVision.Trainers.Weights.Onnx;

/// <summary>A weight of a network as an ONNX graph has it.</summary>
/// <param name="Name">The name in the network's state dictionary.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Values">Its values in row-major order.</param>
internal sealed record FoundWeight(string Name, long[] Shape, float[] Values);
