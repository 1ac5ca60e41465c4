namespace MLVision.Trainers.Models;

/// <summary>Architectures of one idea.</summary>
/// <param name="Name">The field's name for them.</param>
/// <param name="Year">Year in which the idea was published.</param>
/// <param name="Paper">Authors and title of the paper.</param>
/// <param name="Link">Where to read it.</param>
/// <param name="Idea">The idea, in two sentences.</param>
/// <param name="ChooseWhen">When to choose one of them.</param>
public sealed record ModelFamily(string Name, int Year, string Paper, Uri Link, string Idea, string ChooseWhen)
{
    /// <summary>What else to know about them, in Markdown; empty where there is nothing.</summary>
    public string Notes { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
