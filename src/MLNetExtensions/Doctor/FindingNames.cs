namespace MLVision.MLNetExtensions.Doctor;

/// <summary>The words for kinds of findings in files.</summary>
public static class FindingNames
{
    /// <summary>The word for a kind, such as <c>wrong-label</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no kind.</exception>
    public static string Of(FindingKind kind) => kind switch
    {
        FindingKind.Unreadable => "unreadable",
        FindingKind.WrongLabel => "wrong-label",
        FindingKind.TwoLabels => "two-labels",
        FindingKind.Leak => "leak",
        FindingKind.ExactDuplicate => "exact-duplicate",
        FindingKind.NearDuplicate => "near-duplicate",
        FindingKind.Outlier => "outlier",
        FindingKind.TooDark => "too-dark",
        FindingKind.TooBright => "too-bright",
        FindingKind.Blurred => "blurred",
        FindingKind.Tiny => "tiny",
        FindingKind.OddAspect => "odd-aspect",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "It is no kind of finding."),
    };
}
