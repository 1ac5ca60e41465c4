using System.Text;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Folders;

namespace MLVision.Cli.Commands;

/// <summary>The images that a command is given: files, folders, patterns, and what comes on standard input.</summary>
internal static class GivenImages
{
    /// <summary>The name of standard input: an image, or a list of names, one a line.</summary>
    public const string StandardInput = "-";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Finds them; what is left out of folders is noted on standard error.</summary>
    /// <param name="names">The names.</param>
    /// <param name="open">Opens standard input.</param>
    /// <exception cref="ImageDataException">A name stands for no images, or standard input is empty or named twice.</exception>
    public static IReadOnlyList<ImageSource> Find(IReadOnlyCollection<string> names, Func<Stream> open)
    {
        if (names.Count(name => name == StandardInput) > 1)
        {
            throw new ImageDataException("- stands for standard input, which can be read once; it is given twice.");
        }

        return [.. names.SelectMany(name => name == StandardInput ? OfInput(open) : OfName(name))];
    }

    private static IEnumerable<ImageSource> OfName(string name) =>
        ImageFolder.Find(name, new NotesLogger()).Select(ImageSource.FromFile);

    private static IEnumerable<ImageSource> OfInput(Func<Stream> open)
    {
        using var content = new MemoryStream();
        using (var input = open())
        {
            input.CopyTo(content);
        }

        var bytes = content.ToArray();
        if (bytes.Length == 0)
        {
            throw new ImageDataException("Standard input is empty; give an image, or a list of names, one a line.");
        }

        return LinesOf(bytes) is { } lines
            ? lines.SelectMany(OfName)
            : [ImageSource.FromBytes(bytes, StandardInput)];
    }

    /// <summary>The lines of a text, empty ones left out; null for anything else: images have bytes that no text has.</summary>
    private static string[]? LinesOf(byte[] bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                ? null
                : text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
