namespace MLVision.Trainers.Training.Augmentation;

/// <summary>Draws from the beta distribution with two equal parameters.</summary>
/// <remarks>
/// The share of one of two gamma variables, drawn by the method of Marsaglia and Tsang 2000, doi:10.1145/358407.358414. Their logarithms
/// are compared, because a gamma variable with a small parameter is often too small for a double.
/// </remarks>
internal static class BetaDistribution
{
    /// <summary>A number from 0 to 1: near both ends for a small parameter, around the middle for a large one.</summary>
    public static double Draw(Random random, double alpha)
    {
        var (one, other) = (LogGamma(random, alpha), LogGamma(random, alpha));
        return 1 / (1 + Math.Exp(other - one));
    }

    /// <summary>The logarithm of a gamma variable. It is drawn for parameter + 1 and multiplied by a power of a uniform number.</summary>
    private static double LogGamma(Random random, double alpha)
    {
        var d = alpha + 1 - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = Normal(random);
            var cube = Math.Pow(1 + (c * normal), 3);
            if (cube > 0 && Math.Log(1 - random.NextDouble()) < (normal * normal / 2) + d - (d * cube) + (d * Math.Log(cube)))
            {
                return Math.Log(d * cube) + (Math.Log(1 - random.NextDouble()) / alpha);
            }
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
