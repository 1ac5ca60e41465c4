using System.Globalization;
using System.Numerics.Tensors;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Finds images that look like none of the others.</summary>
/// <remarks>
/// The measure is the mean cosine of an image's features with those of the few that are nearest to it, of whatever class, its duplicates
/// left out. An outlier lies far below the others, in units of their spread, which is taken from the median so that outliers do not widen
/// it.
/// </remarks>
/// <param name="survey">The images.</param>
/// <param name="groupOf">Which images are the same or nearly.</param>
internal sealed class OutlierCheck(ImageSurvey survey, Func<int, int> groupOf)
{
    private const int Nearest = 5;

    /// <summary>With fewer images, each one looks unlike the others.</summary>
    private const int FewestImages = 20;

    /// <summary>Times the spread that an outlier lies below the median.</summary>
    private const double Spreads = 3.5;

    /// <summary>Standard deviation of normally distributed values by the median of their distances from the median.</summary>
    private const double NormalSpread = 1.4826;

    /// <summary>What was not looked for, and why.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Searches.</summary>
    public IReadOnlyList<Finding> Run(CancellationToken cancellationToken)
    {
        int[] images = [.. survey.Readable];
        if (images.Length < FewestImages)
        {
            Notes.Add($"Outliers were not looked for: that takes {FewestImages} images.");
            return [];
        }

        int[] groups = [.. images.Select(groupOf)];
        var likeness = new double[images.Length];
        ParallelItems.ForEach(
            images.Length, Environment.ProcessorCount,
            place => likeness[place] = LikenessOf(images, groups, place), cancellationToken);
        var median = Quantiles.Median(likeness);
        var spread = NormalSpread * Quantiles.Median([.. likeness.Select(value => Math.Abs(value - median))]);
        return
        [
            .. from place in Enumerable.Range(0, images.Length)
               where likeness[place] < median - (Spreads * Math.Max(spread, 1e-6))
               select new Finding(
                   FindingKind.Outlier, survey.Images[images[place]], Math.Clamp(1 - likeness[place], 0, 1),
                   string.Create(CultureInfo.InvariantCulture,
                       $"likeness {likeness[place]:0.00}, usual {median:0.00}")),
        ];
    }

    private double LikenessOf(int[] images, int[] groups, int place)
    {
        Span<float> best = stackalloc float[Nearest];
        best.Clear();
        var features = survey.FeaturesOf(images[place]);
        for (var other = 0; other < images.Length; other++)
        {
            if (groups[other] == groups[place])
            {
                continue;
            }

            var cosine = TensorPrimitives.Dot(features, survey.FeaturesOf(images[other]));
            for (var rank = 0; rank < Nearest && cosine > 0; rank++)
            {
                if (cosine > best[rank])
                {
                    (best[rank], cosine) = (cosine, best[rank]);
                }
            }
        }

        return TensorPrimitives.Sum<float>(best) / Nearest;
    }
}
