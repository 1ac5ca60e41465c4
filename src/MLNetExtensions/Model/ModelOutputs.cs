namespace MLVision.MLNetExtensions.Model;

/// <summary>What a model gives beside its scores, from the same pass of the network.</summary>
/// <remarks>
/// A model has them where they were asked for when it was trained or exported. In the ONNX file they are outputs, in a <c>model.zip</c>
/// columns, of these names. docs/trust.md says what each can tell and cannot tell.
/// </remarks>
[Flags]
public enum ModelOutputs
{
    /// <summary>Scores and the best class only.</summary>
    None = 0,

    /// <summary>
    /// What the last layer sees: float [N, features]. Images that look alike to the network have embeddings in like directions.
    /// </summary>
    Embedding = 1,

    /// <summary>
    /// Where the network sees the best class: float [N, rows, columns] over the image from top to bottom and left to right. The mean of an
    /// image's values, plus the last layer's bias, is that class's logit.
    /// </summary>
    /// <remarks>
    /// For networks that end in global average pooling and one linear layer. Source: Zhou et al. 2016, "Learning deep features for
    /// discriminative localization", arXiv:1512.04150.
    /// </remarks>
    Heat = 2,

    /// <summary>
    /// The share of known images that are as strange as this one or stranger, 0..1: float [N, 1]. Close to 0, the image is hardly of any
    /// class that the model knows.
    /// </summary>
    Familiarity = 4,
}
