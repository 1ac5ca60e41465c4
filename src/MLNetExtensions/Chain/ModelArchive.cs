using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>
/// Takes the ONNX model out of an ML.NET <c>model.zip</c>, and makes sure that the zip prepares images as the model expects.
/// </summary>
/// <remarks>
/// A zip holds its transforms in numbered folders, chains within chains; the ONNX transform's holds a file <c>OnnxModel</c>. The
/// transforms before it are loaded by ML.NET, each from a little zip of its own, and tried on rows of the zip's own schema: they must turn
/// images into the pixels that <see cref="ImageReader"/> makes of them. ML.NET keeps their settings to itself, so their work is compared.
/// Loading the whole zip instead would parse the model and open a session a second time.
/// </remarks>
internal static class ModelArchive
{
    private const string Root = "TransformerChain";
    private const string Step = "/Transform_";
    private const string Header = "Model.key";
    private const string OnnxFile = "OnnxModel";
    private const string Schema = "Schema";
    private const string Loader = "Loader/";

    /// <summary>Reads the ONNX model.</summary>
    /// <param name="zip">The file, at its beginning.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ModelFileException">The zip is damaged, no ML.NET model, or no image classifier that can be scored from encoded
    /// images.</exception>
    public static byte[] ReadOnnx(Stream zip, string name)
    {
        try
        {
            using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            var steps = Steps(archive);
            if (steps.Where(step => IsOnnx(archive, step)).ToList() is not [var onnx])
            {
                throw new ModelFileException(
                    $"{name} is no image classifier of this product: expected an ML.NET model with one ONNX model inside.");
            }

            var ml = new MLContext();
            var before = steps.TakeWhile(step => step != onnx).Select(step => Load(ml, archive, step, name)).ToList();
            if (WhyPixelsDiffer(before, ReadSchema(ml, archive, steps[0])) is { } difference)
            {
                throw new ModelFileException($"{name} {difference}; score it with MLContext.Model.Load and PredictionEngine.");
            }

            return ReadArray(archive.GetEntry(onnx + OnnxFile)!);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            // Neither zip nor ML.NET names what it throws for damaged files; whatever it is, the model cannot be read.
            throw new ModelFileException($"{name} is no ML.NET model, or it is damaged{ForeignError.InBrackets(e)}; save it anew.", e);
        }
    }

    /// <summary>The folders of all transforms that hold no others, in the order they run.</summary>
    private static List<string> Steps(ZipArchive archive)
    {
        var folders = archive.Entries.Select(entry => entry.FullName.Replace('\\', '/'))
            .Where(path => path.StartsWith(Root + Step, StringComparison.Ordinal) && path.EndsWith("/" + Header, StringComparison.Ordinal))
            .Select(path => path[..^Header.Length])
            .Where(folder => folder.Count('/') == 1 + folder.Split(Step).Length - 1)
            .Order(StringComparer.Ordinal)
            .ToList();
        return [.. folders.Where(
            folder => !folders.Exists(other => other != folder && other.StartsWith(folder, StringComparison.Ordinal)))];
    }

    private static bool IsOnnx(ZipArchive archive, string step) => archive.GetEntry(step + OnnxFile) is not null;

    private static ITransformer Load(MLContext ml, ZipArchive archive, string step, string name)
    {
        using var alone = Extract(archive, (step, $"{Root}/"));
        try
        {
            return ml.Model.Load(alone, out _);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new ModelFileException(
                $"{name} has a transform that ML.NET cannot load: it is damaged, or of an assembly that is not " +
                $"here{ForeignError.InBrackets(e)}.", e);
        }
    }

    /// <summary>
    /// The schema of what the chain takes: as it was saved, or of the loader that was saved instead; null where neither was.
    /// </summary>
    private static DataViewSchema? ReadSchema(MLContext ml, ZipArchive archive, string anyStep)
    {
        using var alone = archive.GetEntry(Schema) is not null ? Extract(archive, (Schema, Schema), (anyStep, $"{Root}/"))
            : archive.Entries.Any(entry => entry.FullName.StartsWith(Loader, StringComparison.Ordinal)) ? Extract(archive, (Loader, ""))
            : null;
        if (alone is null)
        {
            return null;
        }

        ml.Model.Load(alone, out var schema);
        return schema;
    }

    /// <summary>A zip of the entries that begin with a name, which is replaced.</summary>
    private static MemoryStream Extract(ZipArchive archive, params (string From, string To)[] parts)
    {
        var zip = new MemoryStream();
        using (var target = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (from, to) in parts)
            {
                foreach (var entry in archive.Entries.Where(entry => entry.FullName.StartsWith(from, StringComparison.Ordinal)))
                {
                    using var stream = target.CreateEntry(to + entry.FullName[from.Length..]).Open();
                    stream.Write(ReadAll(entry));
                }
            }
        }

        zip.Position = 0;
        return zip;
    }

    /// <summary>Reads what ML.NET writes of an array: its length, then its elements.</summary>
    private static byte[] ReadArray(ZipArchiveEntry entry)
    {
        using var reader = new BinaryReader(entry.Open());
        var length = reader.ReadInt32();
        return length == entry.Length - sizeof(int)
            ? reader.ReadBytes(length)
            : throw new InvalidDataException($"its ONNX model says that it has {length} bytes, but has {entry.Length - sizeof(int)}.");
    }

    private static byte[] ReadAll(ZipArchiveEntry entry)
    {
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>
    /// Lets the zip's transforms and <see cref="ImageReader"/> read two small images, one wide and one high, and compares.
    /// </summary>
    private static string? WhyPixelsDiffer(IReadOnlyList<ITransformer> steps, DataViewSchema? schema)
    {
        using var files = new TemporaryFolder();
        string[] images = [ProbeImage(files.File("wide.png"), 40, 24), ProbeImage(files.File("high.png"), 24, 40)];
        ChainInput input;
        try
        {
            input = ChainInput.Of(steps, schema);
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }

        byte[][] pixels;
        try
        {
            pixels = [.. input.Transform(images).GetColumn<byte[]>(StockChain.Pixels)];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a stranger's transforms throw at an image, they do not read it.
            return $"does not read image files from its column '{input.Image.Name}'{ForeignError.InBrackets(e)}";
        }

        var reader = new ImageReader((int)Math.Sqrt(pixels[0].Length / Rgb.Channels), PixelMode.Exact);
        var expected = new byte[reader.PixelBytes];
        var areSame = images.Zip(pixels).All(pair => pair.Second.Length == expected.Length
            && reader.TryRead(pair.First, expected, out _)
            && pair.Second.AsSpan().SequenceEqual(expected));
        return areSame ? null : "prepares its images otherwise than ResizeImages(IsoCrop) and ExtractPixels do";
    }

    /// <summary>Writes an image in which no two pixels are the same.</summary>
    private static string ProbeImage(string path, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var i = 0; i < width * height; i++)
        {
            bitmap.SetPixel(i % width, i / width, new SKColor((byte)(i * 7), (byte)(i >> 2), (byte)(255 - (i * 3))));
        }

        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, quality: 100);
        return path;
    }
}
