namespace MLVision.Trainers.Onnx;

/// <summary>A value in an ONNX graph: its name and its shape without the batch dimension.</summary>
internal readonly record struct OnnxValue(string Name, long[] Shape);
