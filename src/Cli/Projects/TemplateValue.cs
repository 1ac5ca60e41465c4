namespace MLVision.Cli.Projects;

/// <summary>What stands in a template's place.</summary>
internal abstract record TemplateValue
{
    /// <summary>An identifier or a number, valid as it is wherever one may stand.</summary>
    public sealed record Plain(string Value) : TemplateValue;

    /// <summary>Any text: it becomes a literal of the file's language, or text of its mark-up.</summary>
    public sealed record Text(string Value) : TemplateValue;

    /// <summary>Any texts: they become a list, in JSON alone.</summary>
    public sealed record Texts(IReadOnlyList<string> Values) : TemplateValue;

    /// <summary>Whether a part of the file is there.</summary>
    public sealed record Flag(bool Value) : TemplateValue;

    /// <summary>What a part of the file is repeated for.</summary>
    public sealed record Items(IReadOnlyList<IReadOnlyDictionary<string, TemplateValue>> Values) : TemplateValue;
}
