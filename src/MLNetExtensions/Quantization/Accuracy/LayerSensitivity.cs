namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>Ranks layers by how much noise each adds to the scores when it is quantised.</summary>
/// <remarks>
/// Measuring every layer separately would take as many models as there are layers. Noise of independent sources adds up, so groups of
/// layers are measured, each with only that group quantised. The noisiest group is halved and both halves are measured, until single layers
/// are found, the noise of a group is negligible, or the measurements are used up. A few bad layers among n are found with about 2·log₂(n)
/// measurements each.
/// </remarks>
internal static class LayerSensitivity
{
    /// <summary>Models measured at most.</summary>
    public const int MostMeasurements = 48;

    private const double NegligibleShare = 0.01;

    /// <summary>
    /// Sorts the layers, the noisiest first. Layers of the same last group share its noise evenly.
    /// </summary>
    /// <param name="layers">The layers in graph order: neighbours are measured together.</param>
    /// <param name="noise">Measures the noise when only the given layers are quantised; 0 or more, infinite if scores are NaN or
    /// infinite.</param>
    public static IReadOnlyList<string> Rank(IReadOnlyList<string> layers, Func<IReadOnlySet<string>, double> noise)
    {
        var groups = new List<Group> { new([.. layers], double.PositiveInfinity) };
        for (var measured = 0; measured + 2 <= MostMeasurements; measured += 2)
        {
            var negligible = NegligibleShare * groups.Where(group => double.IsFinite(group.Noise)).Sum(group => group.Noise);
            if (groups.Where(group => group.Layers.Length > 1 && group.Noise > negligible).MaxBy(group => group.Noise) is not { } worst)
            {
                break;
            }

            groups.Remove(worst);
            var half = worst.Layers.Length / 2;
            groups.Add(Measure(worst.Layers[..half], noise));
            groups.Add(Measure(worst.Layers[half..], noise));
        }

        return [.. groups.OrderByDescending(group => group.Noise / group.Layers.Length).SelectMany(group => group.Layers)];
    }

    private static Group Measure(string[] layers, Func<IReadOnlySet<string>, double> noise) =>
        new(layers, noise(layers.ToHashSet(StringComparer.Ordinal)));

    private sealed record Group(string[] Layers, double Noise);
}
