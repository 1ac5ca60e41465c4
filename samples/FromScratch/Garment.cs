namespace FromScratch;

/// <summary>The model's input.</summary>
internal sealed class Garment
{
    /// <summary>Path of the image file.</summary>
    public string ImagePath { get; set; } = "";
}
