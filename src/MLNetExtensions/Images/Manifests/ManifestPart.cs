namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>A part of a data set, as the column <c>split</c> of a manifest names it.</summary>
public enum ManifestPart
{
    /// <summary>To learn from: <c>train</c>, or nothing.</summary>
    Train,

    /// <summary>To watch a training by: <c>validation</c>.</summary>
    Validation,

    /// <summary>To measure the finished model with: <c>test</c>.</summary>
    Test,
}
