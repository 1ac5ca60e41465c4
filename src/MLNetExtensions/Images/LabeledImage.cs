namespace MLVision.MLNetExtensions.Images;

/// <summary>One image file and the class whose folder it lies in.</summary>
public sealed class LabeledImage
{
    /// <summary>Full path of the image file.</summary>
    public string ImagePath { get; init; } = "";

    /// <summary>Name of the class: the sub-folder below the root.</summary>
    public string Label { get; init; } = "";
}
