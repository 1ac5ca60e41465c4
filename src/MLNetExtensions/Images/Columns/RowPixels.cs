using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Images.Decoding;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>Reads the pixels of a data view's rows from paths, decoded images or pixel vectors. Bound to one row or cursor.</summary>
/// <remarks>
/// All three follow the same rules: a truncated file counts as unreadable, and a picture that is stored rotated is turned upright. For
/// images and pixels that ML.NET's transforms made, the file is found through the <c>LoadImages</c> step behind them, or through the
/// image's tag, which that step sets. If neither is there, images are used as they are.
/// </remarks>
internal sealed class RowPixels
{
    private readonly ImageReader _reader;
    private readonly ImageFileColumn? _files;
    private readonly bool _isFile;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getPath;
    private readonly ValueGetter<MLImage>? _getImage;
    private readonly ValueGetter<VBuffer<byte>>? _getPixels;
    private readonly Func<string?>? _whyNotPixels;
    private ReadOnlyMemory<char> _path;
    private MLImage? _image;
    private VBuffer<byte> _pixels;

    /// <param name="row">The row or cursor.</param>
    /// <param name="content">The column of paths, images, or pixels in the model's format.</param>
    /// <param name="path">The column that names the row's file, or null.</param>
    /// <param name="files">How the step that loaded the images reads that column; null if it can only hold full paths.</param>
    /// <param name="reader">Reads files, and completes pixels that were read in another way.</param>
    /// <param name="whyNotPixels">Checks the row's values and returns why they are not pixels, or null; null for no check.</param>
    public RowPixels(
        DataViewRow row, DataViewSchema.Column content, DataViewSchema.Column? path, ImageFileColumn? files, ImageReader reader,
        Func<string?>? whyNotPixels = null)
    {
        (_reader, _files, _isFile, _whyNotPixels) = (reader, files, content.Type is TextDataViewType, whyNotPixels);
        _getPath = path is { } column ? row.GetGetter<ReadOnlyMemory<char>>(column) : null;
        _getImage = content.Type is ImageDataViewType ? row.GetGetter<MLImage>(content) : null;
        _getPixels = _isFile || _getImage is not null ? null : row.GetGetter<VBuffer<byte>>(content);
    }

    /// <summary>The image's name: its path as the row has it, or the image's tag; empty if it has neither.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The path column of a view that a <see cref="ImageFileColumn"/> names; null if it no longer exists.</summary>
    public static DataViewSchema.Column? PathColumn(DataViewSchema schema, ImageFileColumn? files) =>
        files is not null && schema.GetColumnOrNull(files.PathColumn) is { Type: TextDataViewType } column ? column : null;

    /// <summary>Reads only the name.</summary>
    public string ReadName()
    {
        _getPath?.Invoke(ref _path);
        return Name = _path.ToString();
    }

    /// <summary>Reads the current row.</summary>
    /// <param name="pixels">Receives the pixels; undefined if the image cannot be read.</param>
    /// <returns>Why the image cannot be read, or null.</returns>
    public string? Read(Span<byte> pixels)
    {
        string? file = null;
        try
        {
            var name = ReadName();
            file = _files is not null ? _files.PathOf(name) : Path.IsPathRooted(name) ? name : null;
            if (_isFile)
            {
                return file is null ? "there is no image." : _reader.TryRead(file, pixels, out var unreadable) ? null : unreadable;
            }

            // Check before ML.NET's transforms decode the file, whatever it is.
            var origin = SKEncodedOrigin.TopLeft;
            var reason = file is null ? null
                : _files is null ? ImageFile.WhyTooLarge(file)
                : _reader.TryLookAt(file, out origin, out var broken) ? null : broken;
            reason ??= _getImage is not null ? ReadImage(pixels, ref origin) : ReadPixels(pixels);
            if (reason is null)
            {
                _reader.Turn(pixels, origin);
            }

            return reason;
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            // ML.NET documents no exception for an image that it cannot read: the decoder may throw anything.
            return file is not null && !_reader.TryRead(file, pixels, out var unreadable)
                ? unreadable
                : $"the steps before cannot read it{ForeignError.InBrackets(e)}.";
        }
    }

    private string? ReadImage(Span<byte> pixels, ref SKEncodedOrigin origin)
    {
        _getImage!(ref _image!);
        if (_image is null)
        {
            return "there is no image.";
        }

        if (_files is null && _image.Tag is { Length: > 0 } tag)
        {
            Name = Name.Length > 0 ? Name : tag;
            if (File.Exists(tag) && !_reader.TryLookAt(tag, out origin, out var reason))
            {
                return reason;
            }
        }

        _reader.Read(_image, pixels);
        return null;
    }

    private string? ReadPixels(Span<byte> pixels)
    {
        if (_whyNotPixels?.Invoke() is { } reason)
        {
            return reason;
        }

        _getPixels!(ref _pixels);
        if (_pixels.Length != pixels.Length)
        {
            return $"it has {_pixels.Length} pixel values, expected {pixels.Length}.";
        }

        _pixels.CopyTo(pixels);
        return null;
    }
}
