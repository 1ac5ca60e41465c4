namespace Quickstart;

/// <summary>The model's input.</summary>
internal sealed class Photograph
{
    /// <summary>Path of the image file.</summary>
    public string ImagePath { get; set; } = "";
}
