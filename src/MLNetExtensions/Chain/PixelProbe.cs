using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Compares the pixels that steps of a chain make of images with those that <see cref="ImageReader"/> makes.</summary>
/// <remarks>ML.NET keeps the settings of its transforms to itself, so their work is compared.</remarks>
internal static class PixelProbe
{
    /// <summary>Why pixels must not be read by <see cref="ImageReader"/> in place of a chain's steps; null where they may.</summary>
    /// <param name="steps">The steps up to <see cref="StockChain.Pixels"/>.</param>
    /// <param name="schema">The schema of the chain's input, as far as it is known.</param>
    /// <returns>A sentence that lacks its subject and its full stop.</returns>
    public static string? WhyPixelsDiffer(IReadOnlyList<ITransformer> steps, DataViewSchema? schema)
    {
        ChainInput input;
        try
        {
            input = ChainInput.Of(steps, schema);
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }

        // One wide and one high, in neither of which two pixels are the same.
        using var files = new TemporaryFolder();
        string[] images = [WriteImage(files.File("wide.png"), 40, 24), WriteImage(files.File("high.png"), 24, 40)];
        byte[][] pixels;
        try
        {
            pixels = [.. input.Transform(images).GetColumn<byte[]>(StockChain.Pixels)];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Transforms that others wrote may throw anything; whatever it is, they do not read the image.
            return $"does not read image files from its column '{input.Image.Name}'{ForeignError.InBrackets(e)}";
        }

        var reader = new ImageReader((int)Math.Sqrt(pixels[0].Length / Rgb.Channels), PixelMode.Exact);
        var expected = new byte[reader.PixelBytes];
        var areSame = images.Zip(pixels).All(pair => pair.Second.Length == expected.Length
            && reader.TryRead(pair.First, expected, out _)
            && pair.Second.AsSpan().SequenceEqual(expected));
        return areSame ? null : "does not prepare its images as ResizeImages(IsoCrop) and ExtractPixels do";
    }

    /// <summary>The same of the classifier's own steps in a chain in memory, whose other steps stay.</summary>
    public static string? WhyPixelsDiffer(StockSteps steps) =>
        steps.Pixels[0] is ImageResizingTransformer ? WhyPixelsDiffer(steps.Pixels, schema: null) : null;

    private static string WriteImage(string path, int width, int height)
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
