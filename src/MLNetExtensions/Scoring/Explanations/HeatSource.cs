namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>How a heat map was found.</summary>
public enum HeatSource
{
    /// <summary>The model gives it with the scores; see <see cref="Model.ModelOutputs.Heat"/>.</summary>
    Model,

    /// <summary>
    /// A plain square was laid over each part of the image in turn, and the image scored again: a value is how much the probability of the
    /// best class falls while that part is hidden. Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks",
    /// §4.2, arXiv:1311.2901.
    /// </summary>
    Occlusion,
}
