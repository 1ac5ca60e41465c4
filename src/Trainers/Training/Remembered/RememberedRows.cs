namespace MLVision.Trainers.Training.Remembered;

/// <summary>The features of a few images of each class.</summary>
/// <param name="Learnt">Those of images that the network was trained on.</param>
/// <param name="HeldOut">Those of images that it was only checked on.</param>
internal sealed record RememberedRows(FeatureRows Learnt, FeatureRows HeldOut)
{
    private const int HeldOutPart = 8;  // an eighth, about as much as a training holds out

    /// <summary>Nothing.</summary>
    public static RememberedRows None { get; } = new(FeatureRows.None, FeatureRows.None);

    /// <summary>Number of rows.</summary>
    public int Count => Learnt.Count + HeldOut.Count;

    /// <summary>Numbers in a row; 0 if there are no rows.</summary>
    public int Width => Learnt.Count > 0 ? Learnt.Width : HeldOut.Width;

    /// <summary>How many images of a class are remembered at most, learnt and held out, so that they are so many together.</summary>
    public static (int Learnt, int HeldOut) Limits(int mostPerClass) =>
        (mostPerClass - (mostPerClass / HeldOutPart), mostPerClass / HeldOutPart);

    /// <summary>What a training learns from and what it is checked on: all is learnt from where the share to hold out is 0.</summary>
    /// <param name="fraction">Share to hold out where nothing was held out before.</param>
    /// <param name="random">Decides which.</param>
    public RememberedRows For(double fraction, Random random)
    {
        if (fraction == 0)
        {
            return new RememberedRows(Learnt.Append(HeldOut), FeatureRows.None);
        }

        var (kept, heldOut) = Learnt.Split(fraction, random);
        return HeldOut.Count > 0 ? this : new RememberedRows(kept, heldOut);
    }
}
