namespace MLVision.MLNetExtensions.Scoring.Results;

/// <summary>Adds up how far probabilities differ from the measured accuracy.</summary>
/// <remarks>Source: see <see cref="ImageClassificationMetrics.ExpectedCalibrationError"/>.</remarks>
internal sealed class CalibrationError
{
    private const int Bins = 15;

    private readonly double[] _confidence = new double[Bins];
    private readonly int[] _right = new int[Bins];
    private readonly int[] _images = new int[Bins];
    private int _predictions;

    /// <summary>The error over all predictions so far; 0 where there are none.</summary>
    /// <remarks>A bin of n of all N predictions adds n/N · |right/n − confidence/n|: n cancels out.</remarks>
    public double Expected =>
        _predictions == 0 ? 0 : _confidence.Zip(_right, (confidence, right) => Math.Abs(right - confidence)).Sum() / _predictions;

    /// <summary>What each bin holds, from the lowest probabilities to the highest.</summary>
    public IReadOnlyList<ConfidenceBin> Histogram => [.. Enumerable.Range(0, Bins).Select(bin => new ConfidenceBin
    {
        From = (double)bin / Bins,
        To = (bin + 1.0) / Bins,
        Images = _images[bin],
        MeanProbability = _images[bin] == 0 ? null : _confidence[bin] / _images[bin],
        ShareRight = _images[bin] == 0 ? null : (double)_right[bin] / _images[bin],
    })];

    /// <summary>Counts a prediction. Bin m of M holds probabilities above (m − 1)/M and up to m/M.</summary>
    /// <param name="confidence">Probability of the predicted class.</param>
    /// <param name="isRight">Whether that is the true one.</param>
    public void Add(float confidence, bool isRight)
    {
        var bin = Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
        _confidence[bin] += confidence;
        _right[bin] += isRight ? 1 : 0;
        _images[bin]++;
        _predictions++;
    }
}
