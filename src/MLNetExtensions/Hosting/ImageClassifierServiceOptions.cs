using MLVision.MLNetExtensions.Scoring;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>Options of a classifier that runs as a service: its file, how it scores, and how it follows changes of the file.</summary>
/// <remarks>Unlike other options it has setters, so that configuration can fill it.</remarks>
public sealed class ImageClassifierServiceOptions
{
    /// <summary>The <c>model.zip</c> or <c>model.onnx</c>; a relative path begins in the current directory.</summary>
    public string ModelPath { get; set; } = "";

    /// <summary>How to score. If it has no logger or no meter factory, the host's is used.</summary>
    public ImageScoringOptions Scoring { get; set; } = new();

    /// <summary>Whether a changed file is loaded while the old model stays in use; true by default.</summary>
    public bool ReloadOnChange { get; set; } = true;

    /// <summary>How long a changed file must stay unchanged before it is loaded; more than zero, two seconds by default.</summary>
    /// <remarks>
    /// The file is checked every four seconds, because change notifications do not work in containers. A file that is replaced by renaming
    /// is never seen half-written. A file that is written in place is loaded once it no longer changes; if loading fails, it is loaded
    /// again after its next change.
    /// </remarks>
    public TimeSpan ReloadDelay { get; set; } = TimeSpan.FromSeconds(2);
}
