using System.Text;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images.Archives;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>Opens the text of a manifest: UTF-8 with or without a byte order mark, or UTF-16 with one.</summary>
internal static class ManifestText
{
    /// <summary>
    /// What bytes that are no text become. Unicode keeps this character for such uses, so that no text has it, and a row that has it can be
    /// refused by its line; an exception of the decoder would not know the line.
    /// </summary>
    public const char Invalid = '\uFFFF';

    private const int Buffer = 1 << 16;

    private static readonly Encoding[] Encodings = [With(Encoding.UTF8), With(Encoding.Unicode), With(Encoding.BigEndianUnicode)];

    /// <summary>Opens a file.</summary>
    /// <exception cref="ImageDataException">There is no such file, or it is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StreamReader Open(string path)
    {
        if (Entry.KindOf(path) is EntryKind.Missing)
        {
            throw new ImageDataException($"The manifest '{path}' does not exist.");
        }

        if (Directory.Exists(path) || ImageArchives.WhyNotOpened(path) is not null)
        {
            throw new ImageDataException(
                $"The manifest '{path}' is a {Entry.Describe(Entry.KindOf(path))}; it is read more than once and must be a file.");
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        Span<byte> first = stackalloc byte[3];
        first = first[..file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
        var encoding = Encodings[0];
        var mark = 0;
        foreach (var marked in Encodings)
        {
            if (first.StartsWith(marked.Preamble))
            {
                (encoding, mark) = (marked, marked.Preamble.Length);
            }
        }

        file.Position = mark;
        return new StreamReader(file, encoding, detectEncodingFromByteOrderMarks: false, Buffer);
    }

    /// <summary>Why a cell is no text; null where it is.</summary>
    public static string? WhyInvalid(string cell) => cell.Contains(Invalid, StringComparison.Ordinal)
        ? "the text is not valid UTF-8: save the file as UTF-8." : null;

    private static Encoding With(Encoding encoding)
    {
        var own = (Encoding)encoding.Clone();
        own.DecoderFallback = new DecoderReplacementFallback(Invalid.ToString());
        return own;
    }
}
