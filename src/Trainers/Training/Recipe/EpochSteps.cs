namespace MLVision.Trainers.Training.Recipe;

/// <summary>How epochs and steps belong together.</summary>
internal static class EpochSteps
{
    /// <summary>Steps of an epoch. A last batch with one image alone is left out, because batch norm cannot train on it.</summary>
    /// <param name="images">Number of images.</param>
    /// <param name="batchSize">Images per step.</param>
    public static int Of(int images, int batchSize) =>
        images < 2 ? 0 : (images / batchSize) + (images % batchSize > 1 ? 1 : 0);

    /// <summary>The epochs of a preset, or as many more as make enough steps.</summary>
    /// <param name="epochs">The preset's.</param>
    /// <param name="leastSteps">As many steps are enough.</param>
    /// <param name="steps">Steps of an epoch.</param>
    public static int AtLeast(int epochs, int leastSteps, int steps)
    {
        steps = Math.Max(1, steps);
        return Math.Max(epochs, (leastSteps + steps - 1) / steps);
    }
}
