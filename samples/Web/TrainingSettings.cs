namespace Web;

/// <summary>What may be learned from, and by whom.</summary>
internal sealed class TrainingSettings
{
    /// <summary>Folder that everything to learn from lies in; null forbids training.</summary>
    public string? Root { get; set; }

    /// <summary>Whether other machines may train, cancel, download, and choose the first model; false by default.</summary>
    public bool AllowRemote { get; set; }
}
