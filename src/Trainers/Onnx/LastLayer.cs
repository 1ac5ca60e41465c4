namespace MLVision.Trainers.Onnx;

/// <summary>The linear layer whose result are the logits, as it stands in an ONNX graph.</summary>
/// <param name="Input">What it reads: [features], the embedding.</param>
/// <param name="Weight">Its weights, [classes, features].</param>
/// <param name="Map">
/// What global average pooling made the input of, [features, rows, columns]; null where something else made it.
/// </param>
internal sealed record LastLayer(OnnxValue Input, OnnxValue Weight, OnnxValue? Map);
