using MLVision.MLNetExtensions.Doctor;

namespace MLVision.Reports.Doctor;

/// <summary>What a page says about kinds of findings.</summary>
internal static class FindingWords
{
    /// <summary>The headline of a kind's section.</summary>
    public static string Title(FindingKind kind) => kind switch
    {
        FindingKind.Unreadable => "Unreadable files",
        FindingKind.WrongLabel => "Labels that may be wrong",
        FindingKind.TwoLabels => "The same image in two classes",
        FindingKind.Leak => "Leaks between the parts",
        FindingKind.ExactDuplicate => "Exact duplicates",
        FindingKind.NearDuplicate => "Near duplicates",
        FindingKind.Outlier => "Outliers",
        FindingKind.TooDark => "Too dark",
        FindingKind.TooBright => "Too bright",
        FindingKind.Blurred => "Blurred",
        FindingKind.Tiny => "Tiny",
        _ => "Odd proportions",
    };

    /// <summary>How it was found, and what to do about it.</summary>
    public static string Advice(FindingKind kind) => kind switch
    {
        FindingKind.Unreadable => "Training skips these files. Replace or remove them.",
        FindingKind.WrongLabel => "A model that has learnt from the other images takes them for another class. Look at each: move it to " +
            "the class that it shows, or leave it if the model errs. The percentage compares the two classes; the surest come first.",
        FindingKind.TwoLabels => "One of the two labels is wrong, or the image shows both classes. Keep one copy, in the right class.",
        FindingKind.Leak => "The same image, or nearly the same, lies in two parts of the data set, so that a test would measure memory. " +
            "Remove one.",
        FindingKind.ExactDuplicate => "Equal files, or equal pixels in unlike files. Copies weigh more in training; one is enough.",
        FindingKind.NearDuplicate => "They look nearly the same: another size or quality, a slight cut or turn. Keep the better one, and " +
            "both in the same part.",
        FindingKind.Outlier => "They look like none of the others. A thing that belongs to no class does harm; a rare view is worth " +
            "keeping.",
        FindingKind.TooDark => "Hardly anything in them is bright enough to be seen.",
        FindingKind.TooBright => "Hardly anything in them is dark enough to be seen.",
        FindingKind.Blurred => "They have few edges compared with the others: out of focus, moved, or enlarged from a small picture.",
        FindingKind.Tiny => "They have far fewer pixels than the others, and less than a network looks at.",
        _ => "They are far longer in one direction than in the other. A network looks at the square in the middle.",
    };
}
