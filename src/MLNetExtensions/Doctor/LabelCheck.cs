using MLVision.MLNetExtensions.Doctor.Labels;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Finds labels that a model which has learnt from the other images would not give.</summary>
/// <remarks>
/// Confident learning: Northcutt et al. 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", §3. Logistic regression on
/// the features learns from four fifths of the images and scores the fifth that it has not seen. An image is suspicious where another class
/// is more probable than the label, and as probable as it is on average for the images that bear its label. The ranking is by the ratio of
/// the two probabilities, which sorted planted labels a little better than the label's own probability.
/// </remarks>
/// <param name="survey">The images.</param>
/// <param name="groupOf">Which images are the same or nearly: they are held out together.</param>
internal sealed class LabelCheck(ImageSurvey survey, Func<int, int> groupOf)
{
    private const int Folds = 5;

    /// <summary>How strongly large weights are punished; the best of 0.03 to 1 on photographs with planted labels.</summary>
    private const float Regularization = 0.1f;

    /// <summary>Images are dealt out anew, and the probabilities averaged, where that is cheap.</summary>
    private const int Rounds = 3;
    private const long MostForRounds = 100_000;

    private const int MostNamed = 5;

    /// <summary>What was not looked for, and why.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The suspicion of each image's label; null where it could not be checked.</summary>
    public LabelSuspicion?[] Run(CancellationToken cancellationToken)
    {
        var suspicions = new LabelSuspicion?[survey.Images.Count];
        var byLabel = survey.Readable.GroupBy(index => survey.Images[index].Label, StringComparer.Ordinal)
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .ToLookup(label => label.Select(groupOf).Distinct().Skip(1).Any());
        var (checkable, alone) = (byLabel[true].ToList(), byLabel[false].Select(label => label.Key).ToList());
        if (checkable.Count < 2)
        {
            Notes.Add("Wrong labels were not looked for: that takes two classes of at least two different images each.");
            return suspicions;
        }

        if (alone.Count > 0)
        {
            var more = alone.Count > MostNamed ? $" and {alone.Count - MostNamed} more" : "";
            Notes.Add($"Labels of classes with only one image were not checked: {string.Join(", ", alone.Take(MostNamed))}{more}.");
        }

        int[] images = [.. checkable.SelectMany(label => label).Order()];
        var labels = checkable.Select(label => label.Key).ToList();
        var indexOf = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        int[] classes = [.. images.Select(index => indexOf[survey.Images[index].Label])];
        var probabilities = OutOfFold(images, classes, labels.Count, cancellationToken);
        foreach (var (place, suspicion) in LabelSuspicion.Of(probabilities, classes, labels).Index())
        {
            suspicions[images[place]] = suspicion;
        }

        return suspicions;
    }

    /// <summary>The class probabilities of each image, by models that have seen neither it nor one that is nearly the same.</summary>
    private float[][] OutOfFold(int[] images, int[] classes, int count, CancellationToken cancellationToken)
    {
        var rounds = (long)images.Length * count <= MostForRounds ? Rounds : 1;
        float[][] probabilities = [.. images.Select(_ => new float[count])];
        float[][] features = [.. images.Select(index => survey.FeaturesOf(index).ToArray())];
        int[] groups = [.. images.Select(groupOf)];
        int[][] folds = [.. Enumerable.Range(0, rounds).Select(round => StratifiedFolds.Deal(classes, groups, Folds, seed: round))];
        var results = new (int[] HeldOut, IReadOnlyList<float[]> Scores)[rounds * Folds];
        ParallelItems.ForEach(
            results.Length, Environment.ProcessorCount,
            task =>
            {
                var (fold, held) = (folds[task / Folds], task % Folds);
                var all = Enumerable.Range(0, images.Length);
                int[] heldOut = [.. all.Where(place => fold[place] == held)];
                var scores = new HeadFit(count, survey.FeatureWidth).Score(
                    all.Where(place => fold[place] != held).Select(place => (features[place], classes[place])),
                    heldOut.Select(place => features[place]), Regularization, cancellationToken);
                results[task] = (heldOut, scores);
            },
            cancellationToken);

        // In the order of the tasks: sums of floats depend on it, and the same images are to give the same findings.
        foreach (var (place, score) in results.SelectMany(result => result.HeldOut.Zip(result.Scores)))
        {
            for (var label = 0; label < count; label++)
            {
                probabilities[place][label] += score[label] / rounds;
            }
        }

        return probabilities;
    }
}
