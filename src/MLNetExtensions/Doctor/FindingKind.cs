namespace MLVision.MLNetExtensions.Doctor;

/// <summary>What may be wrong with an image, the gravest first.</summary>
public enum FindingKind
{
    /// <summary>The file cannot be read as an image.</summary>
    Unreadable,

    /// <summary>A model that has learnt from the other images thinks that it shows another class.</summary>
    WrongLabel,

    /// <summary>The same image, or nearly the same, lies in another class.</summary>
    TwoLabels,

    /// <summary>The same image, or nearly the same, lies in another part of the data set.</summary>
    Leak,

    /// <summary>Another file has the same bytes, or the same size and pixels.</summary>
    ExactDuplicate,

    /// <summary>Another file looks nearly the same.</summary>
    NearDuplicate,

    /// <summary>It looks like none of the others.</summary>
    Outlier,

    /// <summary>Hardly anything in it is bright.</summary>
    TooDark,

    /// <summary>Hardly anything in it is dark.</summary>
    TooBright,

    /// <summary>It has few edges.</summary>
    Blurred,

    /// <summary>It has far fewer pixels than the others.</summary>
    Tiny,

    /// <summary>It is far longer in one direction than in the other.</summary>
    OddAspect,
}
