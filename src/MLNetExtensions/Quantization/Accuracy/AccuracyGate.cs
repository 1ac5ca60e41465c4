using System.Globalization;

namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>Finds how many layers must be float for a model to keep its accuracy.</summary>
/// <remarks>
/// Layers are put back in the order of their ranking: 1, 2, 4, 8, … of them until the drop is within its limit. A binary search then finds
/// the smallest such number, assuming that more float layers never increase the drop. That takes about 2·log₂(layers) models.
/// </remarks>
/// <param name="maxDropPoints">Percentage points that may be lost.</param>
/// <param name="mostLayers">Largest number of layers that may be put back.</param>
internal sealed class AccuracyGate(double maxDropPoints, int mostLayers)
{
    // 100·(0.8135 − 0.8085) is a little more than 0.5 in floating point.
    private const double Tolerance = 1e-9;

    /// <summary>Largest number of layers that may be put back.</summary>
    public int MostLayers => mostLayers;

    /// <summary>Whether a drop is within the limit.</summary>
    public bool Allows(double dropPoints) => dropPoints <= maxDropPoints + Tolerance;

    /// <summary>Puts layers back until a candidate is within the limit.</summary>
    /// <param name="ranking">All layers, the most harmful first.</param>
    /// <param name="quantise">Makes and scores the model with the given layers in float.</param>
    /// <param name="dropPoints">Returns the percentage points that a model loses.</param>
    /// <typeparam name="T">A model and its scores.</typeparam>
    /// <returns>The candidate with the fewest float layers found within the limit.</returns>
    /// <exception cref="AccuracyDropException">None is.</exception>
    public T PutBack<T>(IReadOnlyList<string> ranking, Func<IReadOnlyList<string>, T> quantise, Func<T, double> dropPoints)
    {
        var (tooFew, count, least) = (0, Math.Min(1, mostLayers), (Drop: double.PositiveInfinity, Count: 0));
        var found = quantise(First(count));
        while (!Allows(dropPoints(found)))
        {
            least = dropPoints(found) < least.Drop ? (dropPoints(found), count) : least;
            if (count >= mostLayers)
            {
                throw Refusal(least.Drop, First(least.Count));
            }

            tooFew = count;
            count = Math.Min(2 * count, mostLayers);
            found = quantise(First(count));
        }

        while (count - tooFew > 1)
        {
            var middle = (tooFew + count) / 2;
            var candidate = quantise(First(middle));
            if (Allows(dropPoints(candidate)))
            {
                (count, found) = (middle, candidate);
            }
            else
            {
                tooFew = middle;
            }
        }

        return found;

        IReadOnlyList<string> First(int layers) => [.. ranking.Take(layers)];
    }

    private AccuracyDropException Refusal(double drop, IReadOnlyList<string> floatLayers)
    {
        const int Most = 5;
        var names = string.Join(", ", floatLayers.Take(Most)) + (floatLayers.Count > Most ? ", …" : "");
        var tried = floatLayers.Count == 0 ? "" : $" even with {floatLayers.Count} of its layers in float ({names})";
        return new AccuracyDropException(
            string.Create(CultureInfo.InvariantCulture, $"The quantised model loses {drop:0.##} points of accuracy{tried}, ") +
            string.Create(CultureInfo.InvariantCulture, $"more than the {maxDropPoints:0.##} allowed: ") +
            "calibrate by another method or on more images, allow a larger drop, or turn the gate off.",
            drop, floatLayers);
    }
}
