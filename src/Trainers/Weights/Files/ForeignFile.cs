using System.Text;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files;

/// <summary>Recognises, by its first bytes, a file that is not a readable weights file.</summary>
/// <param name="What">What the file is, as in "it is …".</param>
/// <param name="Remedy">What to do, as a command.</param>
internal sealed record ForeignFile(string What, string Remedy = ForeignFile.GiveWeights)
{
    private const string GiveWeights =
        "give a safetensors file, such as the weights.safetensors that lies beside model.zip and model.onnx, one of these two, or what " +
        "torch.save wrote";

    private const string GiveModel = "give a model.zip, an ONNX file, a safetensors file, or what torch.save wrote";
    private const string Unpack = "unpack it first", FetchAgain = "fetch the file again";
    private const int TarMarkStart = 257;
    private const int TextLength = 512;

    private static readonly (byte[] Start, ForeignFile Kind)[] Kinds =
    [
        ([0x89, .. "HDF\r\n"u8, 0x1a, (byte)'\n'], new("an HDF5 file, as Keras saves")),
        ([.. "GGUF"u8], new("a GGUF file")),
        ([0x93, .. "NUMPY"u8], new("an array of NumPy")),
        ([0xff, 0xd8, 0xff], new("a JPEG image")),
        ([0x89, .. "PNG"u8], new("a PNG image")),
        ([.. "GIF8"u8], new("a GIF image")),
        ([.. "RIFF"u8], new("an image, a sound or a film")),
        ([.. "%PDF"u8], new("a PDF document")),
        ([0x1f, 0x8b], new("a gzip archive", Unpack)),
        ([.. "BZh"u8], new("a bzip2 archive", Unpack)),
        ([0xfd, .. "7zXZ"u8], new("an xz archive", Unpack)),
        ([0x28, 0xb5, 0x2f, 0xfd], new("a Zstandard archive", Unpack)),
        ([.. "7z"u8, 0xbc, 0xaf], new("a 7z archive", Unpack)),
        ([.. "Rar!"u8], new("a RAR archive", Unpack)),
        ([.. "PK\u0005\u0006"u8], new("an empty zip archive")),
        ([.. "version https://git-lfs"u8], new("a pointer of Git LFS", "fetch the file itself with 'git lfs pull'")),

        // A protocol buffer whose first field is a version: TensorFlow's schema is still 1, ONNX's has been higher for years.
        ([0x08, 0x01, 0x12], new("a SavedModel of TensorFlow")),
    ];

    /// <summary>What a file is, by its first bytes; at least that it is of an unknown kind.</summary>
    public static ForeignFile Of(MappedFile file)
    {
        var start = file.Bytes(0, Math.Min(file.Length, TextLength));
        foreach (var (mark, kind) in Kinds)
        {
            if (start.StartsWith(mark))
            {
                return kind;
            }
        }

        return start switch
        {
            [_, _, _, _, (byte)'T', (byte)'F', (byte)'L', (byte)'3', ..] => new("a model of TensorFlow Lite"),
            _ when start.Length > TarMarkStart && start[TarMarkStart..].StartsWith("ustar"u8) => new("a tar archive", Unpack),
            _ => OfText(start),
        };
    }

    /// <summary>What kind of zip archive it is, if torch.save did not write it.</summary>
    public static ForeignFile OfArchive(ZipDirectory zip)
    {
        bool Has(Func<string, bool> isThere) => zip.Names.Any(isThere);
        return Has(name => name.StartsWith("TrainingInfo/", StringComparison.Ordinal)) ? new("a model of ML.NET")
            : Has(name => name.EndsWith(".weights.h5", StringComparison.Ordinal)) ? new("a model of Keras")
            : Has(name => name.EndsWith(".npy", StringComparison.Ordinal)) ? new("a zip archive of NumPy's arrays")
            : Has(name => name.EndsWith(".safetensors", StringComparison.Ordinal)) ? new("a zip archive with a safetensors file", Unpack)
            : new("a zip archive");
    }

    private static ForeignFile OfText(ReadOnlySpan<byte> start)
    {
        var mark = Encoding.UTF8.Preamble;
        var text = (start.StartsWith(mark) ? start[mark.Length..] : start).TrimStart(" \t\r\n"u8);
        return text.ContainsAnyInRange((byte)0, (byte)8) ? new("of an unknown kind")
            : text is [(byte)'<', ..] ? new("a web page or XML, as a failed download leaves", FetchAgain)
            : text is [(byte)'{' or (byte)'[', ..] ? new("a JSON text, as an index of several weights files is")
            : new("a text");
    }

    /// <summary>The error that it is.</summary>
    public WeightsFileException Refusal(MappedFile file) =>
        new(file.Refused($"it is {What}, neither safetensors nor a file of torch.save; {Remedy}").Message)
        {
            NeitherModelNorWeights =
                $"'{file.Path}' is neither a model nor weights, but {What}: {(Remedy == GiveWeights ? GiveModel : Remedy)}.",
        };
}
