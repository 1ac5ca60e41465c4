using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Draws the order in which an epoch shows its images.</summary>
internal static class EpochOrder
{
    /// <summary>Indices of images, as many as there are; they depend only on the generator.</summary>
    /// <param name="labels">Class of each image.</param>
    /// <param name="balance">Whether classes are shown as often as they occur (each image once) or equally often.</param>
    /// <param name="random">Decides the order.</param>
    public static int[] Draw(IReadOnlyList<int> labels, ClassBalance balance, Random random)
    {
        var order = balance == ClassBalance.BalancedSampling ? Balance(labels, random) : [.. Enumerable.Range(0, labels.Count)];
        random.Shuffle(order);
        return order;
    }

    /// <summary>
    /// Shows every class the same number of times, plus or minus one. No image of a class is repeated before all of its images were shown.
    /// </summary>
    private static int[] Balance(IReadOnlyList<int> labels, Random random)
    {
        var classes = Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key).Select(group => group.ToArray())
            .ToArray();
        random.Shuffle(classes);    // decides which classes get one image more
        return [.. classes.SelectMany((images, i) => Repeat(images, (labels.Count + classes.Length - 1 - i) / classes.Length, random))];
    }

    private static IEnumerable<int> Repeat(int[] images, int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % images.Length == 0)
            {
                random.Shuffle(images);
            }

            yield return images[i % images.Length];
        }
    }
}
