namespace MLVision.MLNetExtensions.Chain;

/// <summary>What a step of the stock chain is for.</summary>
internal enum ChainRole
{
    /// <summary>Makes the model's pixels of an image or of other pixels.</summary>
    Pixels,

    /// <summary>Runs the ONNX model.</summary>
    Scores,

    /// <summary>Makes the label's key of the index of the best class.</summary>
    Label,

    /// <summary>Drops the intermediate columns.</summary>
    Cleanup,
}
