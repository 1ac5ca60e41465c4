namespace MLVision.MLNetExtensions.Doctor.Pictures;

/// <summary>What was seen of an image's file.</summary>
internal sealed record SeenImage
{
    /// <summary>Why it could not be read, a sentence without its subject; null where it could.</summary>
    public string? Error { get; init; }

    /// <summary>SHA-256 of the file; empty where not even its bytes could be read.</summary>
    public string FileDigest { get; init; } = "";

    /// <summary>Width in pixels, as it is stored; 0 where the file does not tell.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels, as it is stored; 0 where the file does not tell.</summary>
    public int Height { get; init; }

    /// <summary>What its pixels tell; null where it could not be read.</summary>
    public PictureFacts? Picture { get; init; }

    /// <summary>The shorter side in pixels.</summary>
    public int ShorterSide => Math.Min(Width, Height);
}
