using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Weights;

/// <summary>Weights do not fit the network that they should be loaded into.</summary>
public sealed class WeightMismatchException : ImageClassificationException
{
    internal WeightMismatchException(
        string source, string architecture, IReadOnlyList<string> missing, IReadOnlyList<string> unexpected,
        IReadOnlyList<string> misshapen, string remedy)
        : base($"The weights in '{source}' do not fit {architecture}: " +
            string.Join(
                "; ", new[] { List(missing, "missing"), List(unexpected, "unexpected"), List(misshapen, "misshapen") }.Where(
                    part => part.Length > 0)) +
            $". {remedy}")
    {
        (Missing, Unexpected, Misshapen) = (missing, unexpected, misshapen);
    }

    internal WeightMismatchException(string message)
        : base(message) => (Missing, Unexpected, Misshapen) = ([], [], []);

    /// <summary>Keys that the network has and the file lacks.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Keys that the file has and the network lacks.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Keys whose shapes differ, with both shapes.</summary>
    public IReadOnlyList<string> Misshapen { get; }

    private static string List(IReadOnlyList<string> keys, string what) =>
        keys.Count == 0 ? "" : $"{keys.Count} {what} ({ShortList.Of(keys)})";
}
