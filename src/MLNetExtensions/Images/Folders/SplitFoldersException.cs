namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Where classes were expected, the folders are the parts of a data set: training and validation and the like.</summary>
public sealed class SplitFoldersException : ImageDataException
{
    internal SplitFoldersException(SplitFolders parts)
        : base(parts.ToString()) =>
        (Description, ToLearn, ToValidate, ToTest) = (parts.Description, parts.ToLearn, parts.ToValidate, parts.ToTest);

    /// <summary>What was seen, without advice or full stop: the parts, and the sub-folders that they have in common.</summary>
    public string Description { get; }

    /// <summary>The folder to learn from, as far as there is one.</summary>
    public string? ToLearn { get; }

    /// <summary>The folder to validate on while learning, as far as there is one.</summary>
    public string? ToValidate { get; }

    /// <summary>The folder to test with, as far as there is one.</summary>
    public string? ToTest { get; }
}
