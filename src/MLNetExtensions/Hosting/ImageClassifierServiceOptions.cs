using MLVision.MLNetExtensions.Scoring;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>An image classifier as a service: its file, how it scores, and how it follows changes of the file.</summary>
/// <remarks>Has setters, unlike other options, because configuration fills it in.</remarks>
public sealed class ImageClassifierServiceOptions
{
    /// <summary>The <c>model.zip</c> or <c>model.onnx</c>.</summary>
    public string ModelPath { get; set; } = "";

    /// <summary>How to score; its logger, where it has none, is the host's.</summary>
    public ImageScoringOptions Scoring { get; set; } = new();

    /// <summary>Whether a changed file is loaded while the old model serves on; true by default.</summary>
    public bool ReloadOnChange { get; set; } = true;

    /// <summary>How long a changed file must stay as it is before it is loaded; more than zero, two seconds by default.</summary>
    /// <remarks>
    /// The file is looked at every four seconds, because notifications do not reach into containers. One that is replaced by renaming is
    /// never seen half-written; one that is written in place is loaded when it rests, and if that fails, again when it changes.
    /// </remarks>
    public TimeSpan ReloadDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <exception cref="ArgumentException">The path is missing, or a number out of its range.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ModelPath);
        ArgumentNullException.ThrowIfNull(Scoring);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReloadDelay, TimeSpan.Zero);
        Scoring.Validate();
    }
}
