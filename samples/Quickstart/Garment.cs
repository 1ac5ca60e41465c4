namespace Quickstart;

/// <summary>What the model takes.</summary>
internal sealed class Garment
{
    /// <summary>Path of the image file.</summary>
    public string ImagePath { get; set; } = "";
}
