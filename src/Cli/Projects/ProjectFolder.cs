using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Projects;

/// <summary>A folder that files are put into when all of them are there, so that a failure leaves nothing half-written.</summary>
internal sealed class ProjectFolder : IDisposable
{
    private readonly string _target;
    private readonly string _draft;
    private readonly OutputFolder _parent;
    private readonly bool _overwrites;

    private ProjectFolder(string target, bool overwrites)
    {
        (_target, _overwrites) = (target, overwrites);
        var parent = Path.GetDirectoryName(target)
            ?? throw new ImageClassificationException($"--out is '{target}', the root; name a folder.");
        _parent = OutputFolder.Create(parent);
        // Beside the target, because a folder cannot be renamed from one disk to another.
        _draft = Path.Combine(parent, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        Directory.CreateDirectory(_draft);
    }

    /// <summary>Begins to write.</summary>
    /// <param name="path">The folder that is meant.</param>
    /// <param name="overwrites">Whether files may be overwritten.</param>
    /// <exception cref="IOException">A file is in the way, or nothing can be written there.</exception>
    public static ProjectFolder Begin(string path, bool overwrites)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(target))
        {
            throw new IOException($"The output folder '{path}' is a file; name a folder.");
        }

        return new ProjectFolder(target, overwrites);
    }

    /// <summary>Where a file is written first.</summary>
    public string DraftOf(string name) => Path.Combine(_draft, name);

    /// <summary>Writes a file.</summary>
    /// <param name="name">Its name, with folders below this one.</param>
    /// <param name="content">What is in it.</param>
    public void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DraftOf(name))!);
        File.WriteAllText(DraftOf(name), content);
    }

    /// <summary>Says whether files of these names are there already.</summary>
    /// <exception cref="ImageClassificationException">One is, and may not be overwritten.</exception>
    public void ThrowIfThere(IEnumerable<string> names)
    {
        if (!_overwrites && names.FirstOrDefault(name => Path.Exists(Path.Combine(_target, name))) is { } there)
        {
            throw new ImageClassificationException(
                $"The folder '{_target}' has a '{there}' already; choose another folder, or overwrite what is there with --force.");
        }
    }

    /// <summary>Puts the files where they belong; those of other names that are there stay.</summary>
    /// <returns>The files, as they are now.</returns>
    /// <exception cref="ImageClassificationException">One is there already, and may not be overwritten.</exception>
    public IReadOnlyList<string> Finish()
    {
        var names = Directory.EnumerateFiles(_draft, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_draft, file))
            .Order(StringComparer.Ordinal).ToList();
        ThrowIfThere(names);
        if (Directory.Exists(_target))
        {
            foreach (var name in names)
            {
                var file = Path.Combine(_target, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.Move(Path.Combine(_draft, name), file, _overwrites);
            }
        }
        else
        {
            Directory.Move(_draft, _target);
        }

        return [.. names.Select(name => Path.Combine(_target, name))];
    }

    public void Dispose()
    {
        if (Directory.Exists(_draft))
        {
            Directory.Delete(_draft, recursive: true);
        }

        _parent.RemoveIfUnused();
    }
}
