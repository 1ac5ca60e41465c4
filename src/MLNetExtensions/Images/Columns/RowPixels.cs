using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Images.Decoding;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>
/// Reads the pixels of a data view's rows, whatever they hold: paths, decoded images, or pixels. Bound to one row or cursor.
/// </summary>
/// <remarks>
/// One rule for all three: a file that ends before its image does cannot be read, and a picture that is stored turned is turned. Of images
/// and pixels that ML.NET's transforms make, the file is known from the <c>LoadImages</c> step behind them, or from an image's tag, which
/// that step sets; where neither is there, images are taken as they are.
/// </remarks>
internal sealed class RowPixels
{
    private readonly ImageReader _reader;
    private readonly ImageFileColumn? _files;
    private readonly bool _isFile;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getPath;
    private readonly ValueGetter<MLImage>? _getImage;
    private readonly ValueGetter<VBuffer<byte>>? _getPixels;
    private readonly Func<string?>? _whyNoPixels;
    private ReadOnlyMemory<char> _path;
    private MLImage? _image;
    private VBuffer<byte> _pixels;

    /// <param name="row">The row or cursor.</param>
    /// <param name="content">The column of paths, of images, or of pixels as the model takes them.</param>
    /// <param name="path">The column that names the row's file, or null.</param>
    /// <param name="files">How the step that loaded the images understands that column; null where it only may hold full paths.</param>
    /// <param name="reader">Reads files, and finishes what is read otherwise.</param>
    /// <param name="whyNoPixels">Looks at the row's values before they are taken for pixels, and says why they are none; or null.</param>
    public RowPixels(
        DataViewRow row, DataViewSchema.Column content, DataViewSchema.Column? path, ImageFileColumn? files, ImageReader reader,
        Func<string?>? whyNoPixels = null)
    {
        (_reader, _files, _isFile, _whyNoPixels) = (reader, files, content.Type is TextDataViewType, whyNoPixels);
        _getPath = path is { } column ? row.GetGetter<ReadOnlyMemory<char>>(column) : null;
        _getImage = content.Type is ImageDataViewType ? row.GetGetter<MLImage>(content) : null;
        _getPixels = _isFile || _getImage is not null ? null : row.GetGetter<VBuffer<byte>>(content);
    }

    /// <summary>What the row's image is called: its path as the row has it, or the image's tag; empty where it has no name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The path column of a view that a <see cref="ImageFileColumn"/> names; null where it is gone.</summary>
    public static DataViewSchema.Column? PathColumn(DataViewSchema schema, ImageFileColumn? files) =>
        files is not null && schema.GetColumnOrNull(files.PathColumn) is { Type: TextDataViewType } column ? column : null;

    /// <summary>Reads the name alone.</summary>
    public string ReadName()
    {
        _getPath?.Invoke(ref _path);
        return Name = _path.ToString();
    }

    /// <summary>Reads the current row.</summary>
    /// <param name="pixels">Where the pixels go; undefined where the image cannot be read.</param>
    /// <returns>Why it cannot, or null.</returns>
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

            // Before ML.NET's transforms decode whatever comes.
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
            // The stock transforms name no exception for an image they cannot read: anything may come out of the decoder.
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
        if (_whyNoPixels?.Invoke() is { } reason)
        {
            return reason;
        }

        _getPixels!(ref _pixels);
        if (_pixels.Length != pixels.Length)
        {
            return $"it has {_pixels.Length} values of pixels, expected {pixels.Length}.";
        }

        _pixels.CopyTo(pixels);
        return null;
    }
}
