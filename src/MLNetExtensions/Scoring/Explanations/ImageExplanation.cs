using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>A prediction, and which parts of the image speak for it.</summary>
/// <remarks>
/// It says what the model looks at, not whether it is right to: a heat map on the background of a photograph tells that the model learned
/// the background. It holds the encoded image until it is collected.
/// </remarks>
public sealed class ImageExplanation
{
    private const string Ending = ".png";

    private readonly ReadOnlyMemory<byte> _encoded;
    private readonly SeenSquare _square;

    internal ImageExplanation(ImagePrediction prediction, HeatMap heat, HeatSource source, ReadOnlyMemory<byte> encoded, SeenSquare square)
    {
        (Prediction, Heat, Source, _encoded, _square) = (prediction, heat, source, encoded, square);
    }

    /// <summary>The prediction.</summary>
    public ImagePrediction Prediction { get; }

    /// <summary>
    /// How much each part of what the model sees speaks for the most probable class, from top to bottom and left to right; below 0 where it
    /// speaks against it. Parts of a logit, or of a probability if <see cref="Source"/> is <see cref="HeatSource.Occlusion"/>.
    /// </summary>
    public HeatMap Heat { get; }

    /// <summary>How <see cref="Heat"/> was found.</summary>
    public HeatSource Source { get; }

    /// <summary>Draws the heat map over the photograph: a PNG of at most 1024 pixels in width or height, and a legend below it.</summary>
    /// <remarks>
    /// The photograph is shown upright and whole; what the model does not see is pale. Dark parts say little or nothing for the class,
    /// bright ones the most; every picture has its own scale.
    /// </remarks>
    /// <param name="path">The file; its folder is made if it is missing. An existing file is replaced when the new one is complete.</param>
    /// <exception cref="ImageClassificationException">The file's name has the ending of another format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        OutputFile.ThrowUnlessNamed(path, Ending);
        AtomicFile.Write(path, WritePng);
    }

    /// <summary>The middle square of the photograph with the map, as a small JPEG without a legend.</summary>
    internal byte[] Thumbnail(int size, int quality) => HeatPicture.Thumbnail(this, _encoded, _square, size, quality);

    /// <summary>Writes the picture of <see cref="SavePng"/> to a stream.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void WritePng(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        HeatPicture.Write(stream, this, _encoded, _square);
    }
}
