using Microsoft.ML;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using ColorBits = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorBits;
using ColorsOrder = Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorsOrder;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>How <c>ExtractPixels</c> wrote an image's pixels: value = (pixel − offset) × scale, in an order of colours.</summary>
/// <param name="Colors">The colours it wrote.</param>
/// <param name="Order">The order of the colours.</param>
/// <param name="IsInterleaved">Whether the colours of a pixel stand side by side; otherwise each colour is a plane of its own.</param>
/// <param name="Offset">What was subtracted from a pixel value of 0..255.</param>
/// <param name="Scale">What the difference was multiplied by.</param>
internal sealed record PixelEncoding(ColorBits Colors, ColorsOrder Order, bool IsInterleaved, float Offset = 0, float Scale = 1)
{
    /// <summary>Red, green and blue of 0..255.</summary>
    public static PixelEncoding Plain(bool isInterleaved) => new(ColorBits.Rgb, ColorsOrder.ARGB, isInterleaved);

    /// <summary>Whether the values are pixels as a model takes them: red, green and blue side by side.</summary>
    public bool IsModels => this == Plain(isInterleaved: true);

    /// <summary>Finds the <c>ExtractPixels</c> step that made a column of a view; null where another step made it.</summary>
    /// <remarks>Looks through caches, filters, selected and copied columns in between.</remarks>
    public static PixelEncoding? Of(IDataView view, string columnName)
    {
        var name = columnName;
        foreach (var step in ViewSteps.Of(view))
        {
            if (ViewSteps.SourceOf(step) is not { } source)
            {
                return null;
            }

            if (Count(step, name) <= Count(source, name))
            {
                continue;
            }

            // This step added the column. If an older column has the same name, it is hidden now.
            switch (ViewSteps.TransformerOf(step))
            {
                case ImagePixelExtractingTransformer extracting:
                    return Of(extracting, name);
                case ColumnCopyingTransformer copying when SourceOf(copying, name) is { } copied:
                    name = copied;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Why a model cannot take such pixels; null if <c>ConvertToImage</c> can restore the original pixels exactly.</summary>
    /// <param name="columnName">The column's name in error messages.</param>
    public string? WhyUnusable(string columnName)
    {
        if ((Colors & ColorBits.Rgb) != ColorBits.Rgb)
        {
            return $"The pixels in column '{columnName}' are {Colors}, but a model takes red, green and blue: leave colorsToExtract out " +
                "of ExtractPixels.";
        }

        return Enumerable.Range(0, byte.MaxValue + 1).All(pixel => Decode((pixel - Offset) * Scale) == pixel)
            ? null
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The pixels in column '{columnName}' cannot be restored from scaleImage {Scale} and offsetImage {Offset}: ")
                + "leave both out of ExtractPixels; the model normalises by itself.";
    }

    /// <summary>The transform that restores the original image.</summary>
    public IEstimator<ITransformer> ToImage(TransformsCatalog transforms, int imageSize, string output, string input) =>
        transforms.ConvertToImage(
            imageSize, imageSize, output, input, Colors, Order, IsInterleaved, scaleImage: 1 / Scale,
            offsetImage: Offset == 0 ? 0 : -Offset);

    /// <summary>What ConvertToImage computes before it rounds to a byte.</summary>
    private double Decode(float value) => Math.Round((value * (1 / Scale)) + Offset);

    private static PixelEncoding? Of(ImagePixelExtractingTransformer extracting, string columnName)
    {
        var column = ViewSteps.ColumnsOf(extracting).Cast<object>()
            .FirstOrDefault(column => ViewSteps.Field<string>(column, "Name") == columnName);
        return column is null || ViewSteps.Field<ColorBits>(column, "ColorsToExtract") is not (not 0 and var colors)
            ? null
            : new PixelEncoding(
                colors,
                ViewSteps.Field<ColorsOrder>(column, "OrderOfExtraction"),
                ViewSteps.Field<bool>(column, "InterleavePixelColors"),
                ViewSteps.Field<float>(column, "OffsetImage"),
                ViewSteps.Field<float>(column, "ScaleImage"));
    }

    private static int Count(IDataView view, string name) => view.Schema.Count(column => column.Name == name);

    private static string? SourceOf(ColumnCopyingTransformer copying, string output) =>
        ViewSteps.ColumnsOf(copying).OfType<(string Output, string Input)>().FirstOrDefault(pair => pair.Output == output).Input;
}
