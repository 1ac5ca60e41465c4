using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Reports.Figures;

/// <summary>A confusion matrix that can be read: of many classes those that are confused most, the others taken together.</summary>
internal sealed record ConfusionTable
{
    /// <summary>The classes of rows and columns.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The rows, one a class.</summary>
    public required IReadOnlyList<ConfusionRow> Rows { get; init; }

    /// <summary>Number of classes that have no row of their own.</summary>
    public required int OtherClasses { get; init; }

    /// <summary>Lays it out.</summary>
    /// <param name="metrics">The figures.</param>
    /// <param name="most">Classes up to which all are shown; of more, so many are.</param>
    public static ConfusionTable Of(ImageClassificationMetrics metrics, int most)
    {
        var shown = Enumerable.Range(0, metrics.Labels.Count).ToList();
        if (shown.Count > most)
        {
            var errors = Errors(metrics.ConfusionMatrix);
            shown = [.. shown.OrderByDescending(label => errors[label]).ThenBy(label => label).Take(most).Order()];
        }

        return new ConfusionTable
        {
            Labels = [.. shown.Select(label => metrics.Labels[label])],
            Rows = [.. shown.Select((label, place) =>
            {
                var (row, images) = (metrics.ConfusionMatrix[label], metrics.PerClass[label].Images);
                int[] counts = [.. shown.Select(predicted => row[predicted])];
                return new ConfusionRow(metrics.Labels[label], place, images, counts, images - counts.Sum());
            })],
            OtherClasses = metrics.Labels.Count - shown.Count,
        };
    }

    /// <summary>For each class, how many of its images are taken for others', and others' for its own.</summary>
    private static int[] Errors(IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var errors = new int[confusion.Count];
        foreach (var (label, row) in confusion.Index())
        {
            foreach (var (predicted, images) in row.Index().Where(cell => cell.Index != label))
            {
                errors[label] += images;
                errors[predicted] += images;
            }
        }

        return errors;
    }
}
