namespace MLVision.Cli.Projects;

/// <summary>What is made of a model.</summary>
internal enum ProjectKind
{
    /// <summary>A console app.</summary>
    Console,

    /// <summary>A web service.</summary>
    Web,

    /// <summary>A page that scores in the browser.</summary>
    Browser,
}
