using System.Text.RegularExpressions;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images.Folders;

namespace MLVision.Cli.Options;

/// <summary>Finds the images that arguments name: files, folders, and patterns that no shell has expanded.</summary>
internal static class ImageArguments
{
    private static readonly char[] Wildcards = ['*', '?', '['];
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>The images, in the order of the arguments; those of a folder or a pattern in the order of their paths.</summary>
    /// <remarks>
    /// What exists under a name is meant, whatever the name. Of folders, and of what a pattern matches, images count: see
    /// <see cref="ImageFolder"/>. A file that is named is taken as it is; who reads it says what is wrong with it.
    /// </remarks>
    /// <exception cref="ImageDataException">A folder or a pattern gives no images, or a name is that of a pipe or a device.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> arguments) => [.. arguments.SelectMany(Find)];

    private static IEnumerable<string> Find(string argument)
    {
        if (Directory.Exists(argument))
        {
            return Under(argument, ImageFolder.ListFiles(argument, new NotesLogger()));
        }

        if (Entry.KindOf(argument) is (EntryKind.NamedPipe or EntryKind.Socket or EntryKind.Device) and var kind)
        {
            throw new ImageDataException($"'{argument}' is a {Entry.Describe(kind)}, not a file.");
        }

        if (argument.IndexOfAny(Wildcards) < 0 || Entry.OwnKindOf(argument) != EntryKind.Missing)
        {
            return [argument];
        }

        var leftOut = new LeftOut();
        var images = Match(argument, leftOut)
            .SelectMany(path => Directory.Exists(path) ? Under(path, ImageFolder.ListFiles(path, leftOut)) : [path])
            .ToList();
        if (images.Count == 0)
        {
            throw new ImageDataException($"No image matches '{argument}'. {leftOut}".TrimEnd());
        }

        ImageFolder.Tell(new NotesLogger(), argument, leftOut);
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
