using Microsoft.ML;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Images.Decoding;
using SkiaSharp;
using TestImages;

namespace MLNetExtensions.Tests.Images.Decoding;

/// <summary>Pictures of three by three grey fields, with a note of how they are stored.</summary>
public sealed class ImageOrientationTests : IDisposable
{
    private const int Fields = 3;
    private const int Field = 8;
    private const int Side = Fields * Field;

    private static readonly string[] Formats = ["jpg", "png", "webp"];

    private readonly ImageFiles _files = new();

    public static TheoryData<PixelMode, string, int> ModesFormatsAndOrientations => new(
        from mode in Enum.GetValues<PixelMode>()
        from format in Formats
        from orientation in ExifNote.Upright.Keys
        select (mode, format, orientation));

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(ModesFormatsAndOrientations))]
    public void TryRead_AnyNote_IsUpright(PixelMode mode, string format, int orientation)
    {
        var reader = new ImageReader(Side, mode);
        var pixels = new byte[reader.PixelBytes];

        Assert.True(reader.TryRead(ExifNote.Add(Picture(format), (ushort)orientation), pixels, out var reason), reason);

        Assert.Equal(ExifNote.Upright[orientation], FieldsOf(pixels));
        Assert.Equal(orientation == 1 ? 0 : 1, reader.TurnedImages);
    }

    [Theory]
    [InlineData(PixelMode.Exact)]
    [InlineData(PixelMode.Fast)]
    public void TryRead_NoteIgnored_IsAsStored(PixelMode mode)
    {
        var reader = new ImageReader(Side, mode, ignoreOrientation: true);
        var pixels = new byte[reader.PixelBytes];

        Assert.True(reader.TryRead(ExifNote.Add(Picture("jpg"), 6), pixels, out _));

        Assert.Equal(ExifNote.Upright[1], FieldsOf(pixels));
        Assert.Equal(0, reader.TurnedImages);
    }

    [Theory]
    [InlineData(false, 8, 8)]
    [InlineData(true, 0, 1)]
    [InlineData(true, 9, 1)]
    [InlineData(true, 65535, 1)]
    public void TryRead_NoteOfAPng_InEitherByteOrderAndOnlyIfItMeansSomething(bool littleEndian, int orientation, int expected)
    {
        var reader = new ImageReader(Side, PixelMode.Exact);
        var pixels = new byte[reader.PixelBytes];

        reader.TryRead(ExifNote.Add(Picture("png"), (ushort)orientation, littleEndian), pixels, out _);

        Assert.Equal(ExifNote.Upright[expected], FieldsOf(pixels));
    }

    /// <summary>A note that is cut short or points beyond itself is none, and costs nothing else.</summary>
    [Fact]
    public void TryRead_DamagedNoteOfAPng_IsNoNote()
    {
        var note = ExifNote.Add(Picture("png"), 6).AsSpan(41, 26).ToArray();
        var reader = new ImageReader(Side, PixelMode.Exact);
        var pixels = new byte[reader.PixelBytes];

        for (var i = 0; i < note.Length; i++)
        {
            var damaged = note.ToArray();
            damaged[i] = 0xFF;
            Assert.True(reader.TryRead(WithChunk(note[..i]), pixels, out _));
            Assert.True(reader.TryRead(WithChunk(damaged), pixels, out _));
        }

        byte[] WithChunk(byte[] content)
        {
            var png = Picture("png");
            return [.. png[..33], .. PngHeader.Chunk("eXIf"u8, content), .. png[33..]];
        }
    }

    /// <summary>The rule that training and scoring share: the square that ML.NET makes of the stored picture, turned.</summary>
    [Fact]
    public void TryRead_Exact_IsTheStockSquareTurned()
    {
        const int Size = 20;
        foreach (var orientation in ExifNote.Upright.Keys)
        {
            var path = FixtureImages.Find($"exif-{orientation}.jpg");
            var stock = StockPixels.Read(path, Size);
            var expected = new byte[stock.Length];
            ImageOrientation.Turn(stock, (SKEncodedOrigin)orientation, Size, expected);
            var pixels = new byte[stock.Length];

            Assert.True(new ImageReader(Size, PixelMode.Exact).TryRead(path, pixels, out _));

            Assert.Equal(expected, pixels);
        }
    }

    /// <summary>Images and pixels that ML.NET's transforms made come to the same as files.</summary>
    [Fact]
    public void RowPixels_FileImageAndPixels_AreTheSame()
    {
        var file = _files.AddFile("turned.png", ExifNote.Add(Picture("png"), 6));
        var ml = new MLContext();
        var rows = ml.Data.LoadFromEnumerable([new LabeledImage { ImagePath = file }]);
        var images = ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(rows).Transform(rows);
        var view = PixelColumn.OfImages("Image", Side).Extract(ml.Transforms, "Pixels").Fit(images).Transform(images);
        var files = ImageFileColumn.Of(view, "Pixels");

        foreach (var (column, known) in new[] { ("ImagePath", files), ("Image", null), ("Image", files), ("Pixels", files) })
        {
            using var cursor = view.GetRowCursor(view.Schema);
            var pixels = new byte[Side * Side * 3];
            DataViewSchema.Column? path = known is null ? null : view.Schema["ImagePath"];
            var row = new RowPixels(cursor, view.Schema[column], path, known, new ImageReader(Side, PixelMode.Exact));
            cursor.MoveNext();

            Assert.Null(row.Read(pixels));

            Assert.Equal(ExifNote.Upright[6], FieldsOf(pixels));
            Assert.Equal(file, row.Name);
        }
    }

    private static byte[] Picture(string format)
    {
        using var bitmap = new SKBitmap(Side, Side, SKColorType.Bgra8888, SKAlphaType.Opaque);
        for (var i = 0; i < Side * Side; i++)
        {
            var grey = (byte)(25 * (1 + (i % Side / Field) + (Fields * (i / Side / Field))));
            bitmap.SetPixel(i % Side, i / Side, new SKColor(grey, grey, grey));
        }

        using var pixels = bitmap.PeekPixels();
        using var encoded = format switch
        {
            "jpg" => pixels.Encode(SKEncodedImageFormat.Jpeg, 100),
            "png" => pixels.Encode(SKEncodedImageFormat.Png, 100),
            _ => pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100)),
        };
        return encoded.ToArray();
    }

    /// <summary>The fields' numbers, 1 to 9, by the green at their centres.</summary>
    private static int[] FieldsOf(byte[] pixels) =>
    [
        .. from y in Enumerable.Range(0, Fields)
           from x in Enumerable.Range(0, Fields)
           select (int)Math.Round(pixels[((((y * Field) + (Field / 2)) * Side) + (x * Field) + (Field / 2)) * 3 + 1] / 25.0),
    ];
}
