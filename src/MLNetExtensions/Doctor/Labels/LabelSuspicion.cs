namespace MLVision.MLNetExtensions.Doctor.Labels;

/// <summary>How suspicious the label of an image is.</summary>
/// <param name="Score">0 to 1; 0.5 where another class is as probable as the label.</param>
/// <param name="Likely">The other class.</param>
/// <param name="IsFinding">Whether the other class is confidently the more probable one, or far more probable.</param>
internal sealed record LabelSuspicion(double Score, string Likely, bool IsFinding)
{
    /// <summary>
    /// The score that is a finding where no class is confident. Of planted labels, the confident rule alone found three in five; with this,
    /// seven in eight are found, and half of what is found was planted.
    /// </summary>
    private const double FarMoreProbable = 0.7;

    /// <summary>Judges labels by the probabilities that models gave which had not seen the images.</summary>
    /// <param name="probabilities">Of each image, the probability of each class.</param>
    /// <param name="classes">The class that each image is labelled with.</param>
    /// <param name="labels">Names of the classes.</param>
    public static IReadOnlyList<LabelSuspicion> Of(
        IReadOnlyList<float[]> probabilities, IReadOnlyList<int> classes, IReadOnlyList<string> labels)
    {
        // Of each class, how probable it is on average for the images that bear its label.
        var usual = Enumerable.Range(0, probabilities.Count).GroupBy(image => classes[image])
            .ToDictionary(label => label.Key, label => label.Average(image => probabilities[image][label.Key]));
        return [.. probabilities.Select((row, image) => Judge(row, classes[image], usual, labels))];
    }

    private static LabelSuspicion Judge(float[] row, int given, Dictionary<int, float> usual, IReadOnlyList<string> labels)
    {
        var others = Enumerable.Range(0, row.Length).Where(label => label != given);
        var confident = others.Where(label => row[label] >= usual[label] && row[label] > row[given]).ToList();
        var likely = (confident.Count > 0 ? confident : others).MaxBy(label => row[label]);
        var sum = row[likely] + row[given];
        var score = sum > 0 ? row[likely] / sum : 0;
        return new LabelSuspicion(score, labels[likely], confident.Count > 0 || score >= FarMoreProbable);
    }
}
