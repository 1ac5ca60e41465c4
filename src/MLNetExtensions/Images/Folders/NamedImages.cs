using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Folders;

/// <summary>Finds the images that a name stands for: a file, a folder, or a pattern that no shell has expanded.</summary>
/// <remarks>
/// An existing file or folder is used, whatever its name. A file that is named is used without a check; its reader reports what is wrong
/// with it.
/// </remarks>
internal static class NamedImages
{
    private static readonly char[] Wildcards = ['*', '?', '['];
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>The images; those of a folder or a pattern in the order of their paths.</summary>
    /// <param name="name">The name.</param>
    /// <param name="logger">Told in a line what was left out; no one where null.</param>
    /// <exception cref="ImageDataException">
    /// A folder or a pattern gives no images, or the name is that of a pipe or a device.
    /// </exception>
    public static IEnumerable<string> Find(string name, ILogger? logger)
    {
        if (Directory.Exists(name))
        {
            return Under(name, ImageFolder.ListFiles(name, logger));
        }

        if (Entry.KindOf(name) is (EntryKind.NamedPipe or EntryKind.Socket or EntryKind.Device) and var kind)
        {
            throw new ImageDataException($"'{name}' is a {Entry.Describe(kind)}, not a file.");
        }

        if (name.IndexOfAny(Wildcards) < 0 || Entry.OwnKindOf(name) != EntryKind.Missing)
        {
            return [name];
        }

        var leftOut = new LeftOut();
        var images = Match(name, leftOut)
            .SelectMany(path => Directory.Exists(path) ? Under(path, ImageFolder.ListFiles(path, leftOut)) : [path])
            .ToList();
        if (images.Count == 0)
        {
            throw new ImageDataException($"No image matches '{name}'. {leftOut}".TrimEnd());
        }

        ImageFolder.Tell(logger, name, leftOut);
        return images;
    }

    /// <summary>A folder's images, under the name that the folder was given by.</summary>
    private static IEnumerable<string> Under(string folder, IEnumerable<string> images)
    {
        var root = Path.GetFullPath(folder);
        return images.Select(path => Path.Combine(folder, Path.GetRelativePath(root, path)));
    }

    /// <summary>The folders and images that a pattern matches, part by part.</summary>
    private static IEnumerable<string> Match(string pattern, LeftOut leftOut)
    {
        var root = Path.GetPathRoot(pattern)!;
        var parts = pattern[root.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> found = [root];
        foreach (var (index, part) in parts.Index())
        {
            var isLast = index == parts.Length - 1;
            found = part.IndexOfAny(Wildcards) < 0
                ? found.Select(folder => Path.Combine(folder, part)).Where(path => Directory.Exists(path) || (isLast && File.Exists(path)))
                : found.SelectMany(folder => Match(folder, part, isLast, leftOut));
            found = [.. found];
        }

        return found;
    }

    private static IEnumerable<string> Match(string folder, string part, bool isLast, LeftOut leftOut)
    {
        var regex = ToRegex(part);
        var here = folder.Length > 0 ? folder : ".";
        var walk = new ImageWalk(here, leftOut, _ => false);
        var entries = FolderEntry.Of(here, here, new LeftOut()).Where(entry => regex.IsMatch(entry.Name));
        foreach (var entry in PathOrder.Sort(entries, here, entry => entry.Path))
        {
            var (path, kind) = (Path.Combine(folder, entry.Name), Entry.KindOf(entry.Path));
            if (kind == EntryKind.Folder || (kind == EntryKind.File && isLast && ImageWalk.IsImage(path)))
            {
                yield return path;
            }
            else if (isLast)
            {
                walk.LeaveOut(entry.Path, kind);
            }
        }
    }

    /// <summary>A star stands for any characters, a question mark for one, brackets for one of those in them.</summary>
    private static Regex ToRegex(string pattern)
    {
        var expression = Regex.Replace(
            pattern, @"\*|\?|\[[!^]?[^\]]+\]|\[[!^]?\][^\]]*\]|.",
            part => part.Value switch
            {
                "*" => ".*",
                "?" => ".",
                ['[', '!' or '^', _, _, ..] set => $"[^{Literal(set[2..^1])}]",
                ['[', _, ..] set => $"[{Literal(set[1..^1])}]",
                _ => Regex.Escape(part.Value),
            },
            RegexOptions.Singleline);
        var options = OperatingSystem.IsWindows() ? RegexOptions.IgnoreCase | RegexOptions.CultureInvariant : RegexOptions.CultureInvariant;
        try
        {
            return new Regex($"^{expression}$", options | RegexOptions.Singleline | RegexOptions.NonBacktracking);
        }
        catch (RegexParseException e)
        {
            throw new ImageDataException($"The brackets of '{pattern}' hold no characters or ranges that can be matched.", e);
        }

        // Inside brackets only these mean something to a regular expression; a range's hyphen is to keep its meaning.
        static string Literal(string set) => Regex.Replace(set, @"[\\\[\]^]", @"\$0");
    }
}
