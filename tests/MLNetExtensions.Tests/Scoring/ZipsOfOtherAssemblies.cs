using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>Zips with a transform whose code is in an assembly that is not here, and other changes of what a zip holds.</summary>
internal static class ZipsOfOtherAssemblies
{
    private const string Contract = "LengthOfLabel";
    private static readonly string Here = typeof(ZipsOfOtherAssemblies).Assembly.GetName().Name!;

    /// <summary>A transform of this assembly: the length of a label, in the column <c>Length</c>.</summary>
    public static IEstimator<ITransformer> Transform(MLContext ml) =>
        ml.Transforms.CustomMapping(new Factory().GetMapping(), Contract);

    /// <summary>Gives the assembly a name of the same length, under which there is none.</summary>
    public static string Hide(string zip) => Rewrite(
        zip, Path.ChangeExtension(zip, ".hidden.zip"), name => name,
        (_, content) => Replace(content, Here, $"{Here[..^5]}Stars"));

    /// <summary>Writes a zip anew.</summary>
    /// <param name="zip">The zip.</param>
    /// <param name="path">Where to.</param>
    /// <param name="rename">Another name for an entry, or null to leave it out.</param>
    /// <param name="change">Another content for an entry.</param>
    public static string Rewrite(string zip, string path, Func<string, string?> rename, Func<string, byte[], byte[]> change)
    {
        File.Delete(path);
        using var source = ZipFile.OpenRead(zip);
        using var target = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var entry in source.Entries)
        {
            if (rename(entry.FullName) is { } name)
            {
                var content = new byte[entry.Length];
                using var from = entry.Open();
                from.ReadExactly(content);
                using var to = target.CreateEntry(name).Open();
                to.Write(change(entry.FullName, content));
            }
        }

        return path;
    }

    /// <summary>Replaces a text by one of the same length, as UTF-8 and as UTF-16.</summary>
    public static byte[] Replace(byte[] content, string text, string other)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
        {
            var (from, to) = (encoding.GetBytes(text), encoding.GetBytes(other));
            for (var at = content.AsSpan().IndexOf(from); at >= 0; at = content.AsSpan().IndexOf(from))
            {
                to.CopyTo(content, at);
            }
        }

        return content;
    }

    private sealed class Labelled
    {
        public string Label { get; set; } = "";
    }

    private sealed class Measured
    {
        public int Length { get; set; }
    }

    [CustomMappingFactoryAttribute(Contract)]
    private sealed class Factory : CustomMappingFactory<Labelled, Measured>
    {
        public override Action<Labelled, Measured> GetMapping() => (image, measured) => measured.Length = image.Label.Length;
    }
}
