using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>What a stock chain is written from. A step whose part is null is not written.</summary>
/// <param name="ML">Where the steps are made.</param>
/// <param name="Pixels">The column that images or pixels come in.</param>
/// <param name="OnnxFile">The ONNX model, as <see cref="StockChain.WriteOnnx"/> writes it.</param>
/// <param name="Labels">The label of each class.</param>
/// <param name="Outputs">What the model gives beside scores, each a column.</param>
internal sealed record ChainParts(
    MLEnvironment ML, PixelColumn? Pixels, string? OnnxFile, LabelTable Labels, ModelOutputs Outputs = ModelOutputs.None);
