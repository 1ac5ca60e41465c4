using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNetExtensions;

/// <summary>The column that images come in, and the stock transforms that turn it into the pixels a model takes.</summary>
/// <remarks>
/// Training and scoring read pixels through the same transforms, so a model never sees other pixels than it was trained on.
/// The result is a vector of bytes [size, size, 3], RGB.
/// </remarks>
internal sealed class PixelColumn
{
    private const int Channels = 3;
    private const string Resized = "mlvision.Resized";

    private readonly string _name;
    private readonly Layout _layout;

    private PixelColumn(string name, Layout layout, int imageSize)
    {
        _name = name;
        _layout = layout;
        ImageSize = imageSize;
    }

    private enum Layout
    {
        Image,
        Interleaved,
        InterleavedBytes,
        Planar,
    }

    /// <summary>Width and height in pixels of what the model gets.</summary>
    public int ImageSize { get; }

    /// <summary>Whether it holds images, and not pixels.</summary>
    public bool IsImages => _layout == Layout.Image;

    /// <summary>The columns that <see cref="Extract"/> adds beside its output; to be dropped when scoring is done.</summary>
    public IReadOnlyList<string> TemporaryColumns => _layout == Layout.InterleavedBytes ? [] : [Resized];

    /// <summary>A column of images.</summary>
    public static PixelColumn OfImages(string name, int imageSize) => new(name, Layout.Image, imageSize);

    /// <summary>Takes the column by the shape of a schema, which knows no sizes; good for the schema of what comes out.</summary>
    /// <exception cref="ColumnMismatchException">The column holds neither images nor pixels.</exception>
    public static PixelColumn Of(SchemaShape.Column column)
    {
        const int AnySize = 8;
        var isVector = column.Kind == SchemaShape.Column.VectorKind.Vector;
        return column.ItemType is ImageDataViewType ? OfImages(column.Name, AnySize)
            : isVector && column.ItemType == NumberDataViewType.Byte ? new PixelColumn(column.Name, Layout.InterleavedBytes, AnySize)
            : isVector && column.ItemType == NumberDataViewType.Single ? new PixelColumn(column.Name, Layout.Planar, AnySize)
            : throw Mismatch(column.Name, column.ItemType);
    }

    /// <summary>Finds out what the column holds.</summary>
    /// <param name="column">A column of <see cref="MLImage"/>, or a vector as <c>ExtractPixels</c> makes it.</param>
    /// <param name="imageSize">The size the caller asked for, or null.</param>
    /// <param name="defaultImageSize">The size for images where the caller asked for none; a vector has its own size.</param>
    /// <exception cref="ColumnMismatchException">The column is of another type, not square, or of another size than asked for.</exception>
    public static PixelColumn Of(DataViewSchema.Column column, int? imageSize, int defaultImageSize)
    {
        if (column.Type is ImageDataViewType)
        {
            return OfImages(column.Name, imageSize ?? defaultImageSize);
        }

        if (column.Type is not VectorDataViewType { Dimensions: [var first, var middle, var last], ItemType: NumberDataViewType item }
            || (item != NumberDataViewType.Byte && item != NumberDataViewType.Single)
            || (first != Channels && last != Channels))
        {
            throw Mismatch(column.Name, column.Type);
        }

        var (height, width) = last == Channels ? (first, middle) : (middle, last);
        if (height != width)
        {
            throw new ColumnMismatchException(
                $"The pixels in column '{column.Name}' are {width}×{height}; a model takes squares: resize to equal width and height first.");
        }

        if (imageSize is { } size && size != width)
        {
            throw new ColumnMismatchException(
                $"The pixels in column '{column.Name}' are {width}×{height} but ImageSize is {size}; resize to {size} or leave ImageSize out.");
        }

        var layout = last != Channels ? Layout.Planar : item == NumberDataViewType.Byte ? Layout.InterleavedBytes : Layout.Interleaved;
        return new PixelColumn(column.Name, layout, width);
    }

    /// <summary>The stock transforms from this column to <paramref name="output"/>.</summary>
    public IEstimator<ITransformer> Extract(TransformsCatalog transforms, string output)
    {
        if (_layout == Layout.InterleavedBytes)
        {
            return transforms.CopyColumns(output, _name);
        }

        IEstimator<ITransformer> square = _layout == Layout.Image
            ? transforms.ResizeImages(Resized, ImageSize, ImageSize, _name, ImageResizingEstimator.ResizingKind.IsoCrop)
            : transforms.ConvertToImage(ImageSize, ImageSize, Resized, _name, interleavedColors: _layout == Layout.Interleaved);
        return square.Append(transforms.ExtractPixels(
            output, Resized, interleavePixelColors: true, outputAsFloatArray: false,
            orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ARGB));
    }

    private static ColumnMismatchException Mismatch(string name, DataViewType type) => new(
        $"The image column '{name}' must hold images (LoadImages) or pixels (ExtractPixels, red, green and blue), but is {type}.");
}
