using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>The column with the images, and the stock transforms that turn it into the pixels a model takes.</summary>
/// <remarks>
/// Training and scoring read pixels through the same transforms, so a model is scored on the kind of pixels it was trained on. The result
/// is a vector of bytes [size, size, 3], RGB. Pixels that <c>ExtractPixels</c> scaled, shifted or reordered are converted back. If the step
/// that made a column is not known, <see cref="PixelValues"/> checks its values first. No stock transform decodes the bytes of encoded
/// images: where <c>LoadRawImageBytes</c> made them, the images are loaded anew from the files that it read.
/// </remarks>
internal sealed class PixelColumn
{
    /// <summary>The column of the image as the model's square, which its pixels are extracted from.</summary>
    public const string Square = "mlvision.Resized";

    /// <summary>The column that images are loaded to where the chain loads them itself.</summary>
    public const string Loaded = "mlvision.Image";

    private const int Channels = 3;
    private const int AnySize = 8;
    private const string Cache = "a cache before this step hides columns of images: put it before LoadImages, or leave it out; pixels " +
        "are kept anyway.";

    private readonly string _name;
    private readonly PixelEncoding? _encoding;
    private readonly bool _isBytes;
    private readonly bool _isKnown;

    private PixelColumn(string name, int imageSize, PixelEncoding? encoding, bool isBytes, bool isKnown)
    {
        (_name, ImageSize, _encoding, _isBytes, _isKnown) = (name, imageSize, encoding, isBytes, isKnown);
    }

    /// <summary>Width and height in pixels of the model's input.</summary>
    public int ImageSize { get; }

    /// <summary>The files that images are loaded from anew, because their column holds encoded bytes; null for any other column.</summary>
    public ImageFileColumn? Files { get; private init; }

    /// <summary>Whether the column holds images; otherwise it holds pixels.</summary>
    public bool IsImages => _encoding is null;

    /// <summary>The extra columns that <see cref="Extract"/> adds beside its output; drop them when scoring is done.</summary>
    public IReadOnlyList<string> TemporaryColumns => IsCopied ? [] : [Square];

    private bool IsCopied => _isBytes && _encoding is { IsModels: true };

    /// <summary>A column of images.</summary>
    public static PixelColumn OfImages(string name, int imageSize) => new(name, imageSize, encoding: null, isBytes: false, isKnown: true);

    /// <summary>Reads the column from the shape of a schema, where image sizes are unknown; enough to compute the output schema.</summary>
    /// <exception cref="ColumnMismatchException">The column holds neither images nor pixels.</exception>
    public static PixelColumn Of(SchemaShape schema, SchemaShape.Column column)
    {
        var isVector = column.Kind == SchemaShape.Column.VectorKind.Vector;
        var isBytes = column.ItemType == NumberDataViewType.Byte;
        if (isBytes && column.Kind == SchemaShape.Column.VectorKind.VariableVector)
        {
            // Which text column the files are named in shows only in a view; the columns that are added are the same.
            var text = schema.FirstOrDefault(c => c.Kind == SchemaShape.Column.VectorKind.Scalar && c.ItemType is TextDataViewType);
            return text.Name is { } path
                ? OfFiles(new ImageFileColumn(path, "", IsLoaded: true), AnySize)
                : throw Undecodable(column.Name);
        }

        return column.ItemType is ImageDataViewType ? OfImages(column.Name, AnySize)
            : isVector && (isBytes || column.ItemType == NumberDataViewType.Single)
                ? new PixelColumn(column.Name, AnySize, PixelEncoding.Plain(isInterleaved: isBytes), isBytes, isKnown: false)
                : throw Mismatch(column.Name, column.ItemType);
    }

    /// <summary>Finds out what a column holds.</summary>
    /// <param name="view">The view that has the column.</param>
    /// <param name="name">A column of <see cref="MLImage"/>, or a vector as <c>ExtractPixels</c> makes it.</param>
    /// <param name="imageSize">The size the caller asked for, or null.</param>
    /// <param name="defaultImageSize">The size of images if the caller asked for none; a pixel vector has its own size.</param>
    /// <exception cref="ColumnMismatchException">
    /// The column is missing, has another type, is not square, or has another size than asked for.
    /// </exception>
    public static PixelColumn Of(IDataView view, string name, int? imageSize, int defaultImageSize)
    {
        if (view.Schema.GetColumnOrNull(name) is not { } column)
        {
            throw new ColumnMismatchException(
                IsHiddenByCache(view, name) ? $"The data has no column '{name}': {Cache}" : Missing(name, view.Schema));
        }

        if (column.Type is ImageDataViewType)
        {
            return OfImages(name, imageSize ?? defaultImageSize);
        }

        if (column.Type is VectorDataViewType { IsKnownSize: false, ItemType: NumberDataViewType encoded }
            && encoded == NumberDataViewType.Byte)
        {
            return ImageFileColumn.Of(view, name) is { IsLoaded: true } files && RowPixels.PathColumn(view.Schema, files) is not null
                ? OfFiles(files, imageSize ?? defaultImageSize)
                : throw Undecodable(name);
        }

        if (column.Type is not VectorDataViewType { Dimensions: [var first, var middle, var last], ItemType: NumberDataViewType item }
            || (item != NumberDataViewType.Byte && item != NumberDataViewType.Single))
        {
            throw Mismatch(name, column.Type);
        }

        var known = PixelEncoding.Of(view, name);
        if (known?.WhyUnusable(name) is { } reason)
        {
            throw new ColumnMismatchException(reason);
        }

        var encoding = known ?? Guess(name, column.Type, first, last);
        var (height, width) = encoding.IsInterleaved ? (first, middle) : (middle, last);
        if (height != width)
        {
            throw new ColumnMismatchException(
                $"The pixels in column '{name}' are {width}×{height}; a model takes squares: resize to equal width and height first.");
        }

        if (imageSize is { } size && size != width)
        {
            throw new ColumnMismatchException(
                $"The pixels in column '{name}' are {width}×{height} but ImageSize is {size}; resize to {size} or leave ImageSize out.");
        }

        return new PixelColumn(name, width, encoding, item == NumberDataViewType.Byte, known is not null);
    }

    /// <summary>Added to the message about a missing column if it is not known whether the data is cached.</summary>
    public static string CacheHint { get; } = $"Or {Cache}";

    /// <summary>The message about a missing column.</summary>
    public static string Missing(string name, DataViewSchema schema) =>
        MissingColumn.Describe(name, schema.Where(column => !column.IsHidden).Select(column => column.Name));

    /// <summary>The stock transform that loads the images anew; null where the column's own values are taken.</summary>
    public IEstimator<ITransformer>? ToImages(TransformsCatalog transforms) =>
        Files is null ? null : transforms.LoadImages(Loaded, Files.Folder, Files.PathColumn);

    /// <summary>The stock transforms from this column to <paramref name="output"/>.</summary>
    public IEstimator<ITransformer> Extract(TransformsCatalog transforms, string output) =>
        ToSquare(transforms) is { } square ? square.Append(ToPixels(transforms, output)) : ToPixels(transforms, output);

    /// <summary>The stock transform from this column to <see cref="Square"/>; null where its pixels are taken as they are.</summary>
    public IEstimator<ITransformer>? ToSquare(TransformsCatalog transforms) => IsCopied ? null
        : _encoding?.ToImage(transforms, ImageSize, Square, _name)
            ?? transforms.ResizeImages(Square, ImageSize, ImageSize, _name, ImageResizingEstimator.ResizingKind.IsoCrop);

    /// <summary>The stock transform from <see cref="Square"/>, or from this column, to <paramref name="output"/>.</summary>
    public IEstimator<ITransformer> ToPixels(TransformsCatalog transforms, string output) => IsCopied
        ? transforms.CopyColumns(output, _name)
        : transforms.ExtractPixels(
            output, Square, interleavePixelColors: true, outputAsFloatArray: false,
            orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ARGB);

    /// <summary>Checks the values before they are taken for pixels; null if the column is known to hold pixels.</summary>
    public PixelValues? Doubtful() => _encoding is null || _isKnown || _isBytes ? null : new PixelValues(_name);

    private static PixelColumn OfFiles(ImageFileColumn files, int imageSize) =>
        new(Loaded, imageSize, encoding: null, isBytes: false, isKnown: true) { Files = files };

    private static PixelEncoding Guess(string name, DataViewType type, int first, int last)
    {
        if (first != Channels && last != Channels)
        {
            throw Mismatch(name, type);
        }

        return first != last
            ? PixelEncoding.Plain(isInterleaved: last == Channels)
            : throw new ColumnMismatchException(
                $"The pixels in column '{name}' are {type}, which can be read with colours side by side or one after the other: "
                + "give ExtractPixels' own column, or images.");
    }

    private static bool IsHiddenByCache(IDataView view, string name) => ViewSteps.Of(view)
        .SkipWhile(step => !ViewSteps.IsCache(step))
        .Any(step => step.Schema.GetColumnOrNull(name)?.Type is ImageDataViewType);

    private static ColumnMismatchException Undecodable(string name) => new(
        $"The column '{name}' holds encoded bytes, which no stock transformer decodes, so that a saved model could not score them: " +
        $"load the images from their files by LoadImages(\"{name}\", imageFolder, \"ImagePath\"), or take LoadRawImageBytes' own " +
        "column and keep that of its paths.");

    private static ColumnMismatchException Mismatch(string name, DataViewType type) => new(
        $"The image column '{name}' must hold images (LoadImages) or pixels (ExtractPixels, red, green and blue), but is {type}.");
}
