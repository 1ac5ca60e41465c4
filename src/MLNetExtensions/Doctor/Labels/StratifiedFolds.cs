namespace MLVision.MLNetExtensions.Doctor.Labels;

/// <summary>Deals images out to folds: every class evenly, images of a group to the same one.</summary>
internal static class StratifiedFolds
{
    /// <summary>The fold of each image, from 0.</summary>
    /// <param name="classes">The class of each image.</param>
    /// <param name="groups">The group of each image.</param>
    /// <param name="folds">Number of folds.</param>
    /// <param name="seed">Deals the same for the same seed.</param>
    public static int[] Deal(IReadOnlyList<int> classes, IReadOnlyList<int> groups, int folds, int seed)
    {
        var result = new int[classes.Count];
        var random = new Random(seed);
        foreach (var label in Enumerable.Range(0, classes.Count).GroupBy(image => groups[image])
            .GroupBy(group => classes[group.First()]).OrderBy(label => label.Key))
        {
            var dealt = label.ToArray();
            random.Shuffle(dealt);
            foreach (var (place, group) in dealt.Index())
            {
                foreach (var image in group)
                {
                    // Each class begins at another fold, or small classes would all lie in the first ones.
                    result[image] = (place + label.Key) % folds;
                }
            }
        }

        return result;
    }
}
