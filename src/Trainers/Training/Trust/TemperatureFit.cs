using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Results;

namespace MLVision.Trainers.Training.Trust;

/// <summary>Finds the temperature under which a model's probabilities fit the labels of images that it did not learn from.</summary>
/// <remarks>
/// It minimises the mean of −ln p(label), where p = softmax(b · logits) and b is one over the temperature. That is convex in b, and its
/// derivative is the mean of the expected logit less the label's, so that a bisection finds where it crosses zero.
/// </remarks>
internal static class TemperatureFit
{
    /// <summary>With fewer images a temperature would be chance.</summary>
    public const int LeastImages = 50;

    private const int MostImages = 5000;        // more change the third digit
    private const int Halvings = 40;
    private const double Least = 0.05;
    private const double Most = 20;

    /// <summary>The temperature, and the calibration error before and after it.</summary>
    /// <param name="logits">A row of logits for each image, with its class.</param>
    /// <param name="isOutOfFold">Whether they are of several last layers.</param>
    /// <returns>Null where every image is classified rightly: the surer such a model was, the better it would fit.</returns>
    public static CalibrationSummary? Find(FeatureRows logits, bool isOutOfFold)
    {
        var rows = logits.Only(FeatureRows.Spread(logits.Count, MostImages));
        if (Enumerable.Range(0, rows.Count).All(row => Decision.Best(rows.Row(row)) == rows.Classes[row]))
        {
            return null;
        }

        var (low, high) = (Math.Log(1 / Most), Math.Log(1 / Least));
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Slope(rows, Math.Exp(middle)) > 0 ? (low, middle) : (middle, high);
        }

        var temperature = Math.Exp(-(low + high) / 2);
        return new CalibrationSummary
        {
            Temperature = temperature,
            Images = logits.Count,
            IsOutOfFold = isOutOfFold,
            ErrorBefore = Error(logits, 1),
            ErrorAfter = Error(logits, temperature),
        };
    }

    /// <summary>The expected calibration error of softmax(logits / temperature).</summary>
    public static double Error(FeatureRows logits, double temperature)
    {
        var error = new CalibrationError();
        var probabilities = new double[logits.Width];
        for (var row = 0; row < logits.Count; row++)
        {
            var values = logits.Row(row);
            Softmax(values, 1 / temperature, probabilities);
            var best = Decision.Best(values);
            error.Add((float)probabilities[best], best == logits.Classes[row]);
        }

        return error.Expected;
    }

    /// <summary>The derivative of the mean loss by b, one over the temperature.</summary>
    private static double Slope(FeatureRows logits, double b)
    {
        var slope = 0.0;
        var probabilities = new double[logits.Width];
        for (var row = 0; row < logits.Count; row++)
        {
            var values = logits.Row(row);
            Softmax(values, b, probabilities);
            slope -= values[logits.Classes[row]];
            for (var i = 0; i < probabilities.Length; i++)
            {
                slope += probabilities[i] * values[i];
            }
        }

        return slope / logits.Count;
    }

    private static void Softmax(ReadOnlySpan<float> logits, double b, double[] probabilities)
    {
        var (largest, sum) = (b * logits[Decision.Best(logits)], 0.0);
        for (var i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i] = Math.Exp((b * logits[i]) - largest);
        }

        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= sum;
        }
    }
}
