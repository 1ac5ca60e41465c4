namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>Ranks layers by how much noise each brings into the scores when it is quantised.</summary>
/// <remarks>
/// To measure every layer on its own takes as many models as there are layers. Noise of independent sources adds up, so groups of
/// layers are measured instead, each with only that group quantised: the group that brings most is halved, and both halves are measured,
/// until the noise is pinned down to single layers, what is left of a group is negligible, or the measurements are used up. A few
/// bad layers among n are found with about 2·log₂(n) measurements each.
/// </remarks>
internal static class LayerSensitivity
{
    /// <summary>Models measured at most.</summary>
    public const int MostMeasurements = 48;

    private const double NegligibleShare = 0.01;

    /// <summary>
    /// Orders the layers, those that bring most noise first. Layers that were not told apart share their group's noise evenly.
    /// </summary>
    /// <param name="layers">The layers in graph order: neighbours are measured together.</param>
    /// <param name="noise">Measures the noise when only the given layers are quantised; 0 or more, infinite where scores are no
    /// numbers.</param>
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
