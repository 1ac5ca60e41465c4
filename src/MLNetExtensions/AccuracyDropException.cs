namespace MLVision.MLNetExtensions;

/// <summary>A quantised model loses more accuracy than allowed, whichever layers are put back to float.</summary>
/// <param name="message">What was lost, what was tried, and the remedy.</param>
/// <param name="dropPoints">Percentage points of micro-accuracy that the best model tried loses.</param>
/// <param name="floatLayers">The layers that model has in float.</param>
public sealed class AccuracyDropException(string message, double dropPoints, IReadOnlyList<string> floatLayers)
    : ImageClassificationException(message)
{
    /// <summary>Percentage points of micro-accuracy that the best model tried loses.</summary>
    public double DropPoints { get; } = dropPoints;

    /// <summary>The layers that model has in float.</summary>
    public IReadOnlyList<string> FloatLayers { get; } = floatLayers;
}
