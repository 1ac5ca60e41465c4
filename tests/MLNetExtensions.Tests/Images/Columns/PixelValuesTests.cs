using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Columns;

namespace MLNetExtensions.Tests.Images.Columns;

public sealed class PixelValuesTests
{
    private const string Remedy = "but a model takes 0 to 255: leave scaleImage and offsetImage out; the model normalises by itself.";
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(0f, 255f)]
    [InlineData(0.25f, 254.5f)]     // resized after they became numbers
    [InlineData(0f, 2f)]            // dark, but whole numbers
    [InlineData(0f, 0f)]
    [InlineData(3.5f, 26f)]
    public void LookAtFirst_Pixels_LetsThemPass(float smallest, float largest) => Pixels().LookAtFirst(View([smallest, largest]));

    [Theory]
    [InlineData(0f, 0.996f, "0 to 0.996")]
    [InlineData(-1f, 1f, "-1 to 1")]
    [InlineData(-123.68f, 131.32f, "-123.68 to 131.32")]
    [InlineData(0f, 1.99f, "0 to 1.99")]
    [InlineData(0f, 65535f, "0 to 65535")]
    [InlineData(0.5f, 25.5f, "0.5 to 25.5")]
    public void LookAtFirst_OtherNumbers_SaysWhichAndWhatToLeaveOut(float smallest, float largest, string range)
    {
        var error = Assert.Throws<ColumnMismatchException>(() => Pixels().LookAtFirst(View([smallest, largest])));

        Assert.Equal($"The pixels in column 'Image' are from {range}, {Remedy}", error.Message);
    }

    [Fact]
    public void LookAtFirst_NothingButZeroAndOne_TakesThemForBlackAndWhite()
    {
        var error = Assert.Throws<ColumnMismatchException>(() => Pixels().LookAtFirst(View([0, 1])));

        Assert.Contains("or give bytes where they really are that dark", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "its pixels are not all numbers.")]
    [InlineData(float.PositiveInfinity, "its pixels are not all numbers.")]
    [InlineData(-3f, "its pixels are from -3 to 200, but a model takes 0 to 255.")]
    [InlineData(200f, null)]
    public void Bind_OneImage_SaysWhatIsWrongWithIt(float value, string? reason)
    {
        var view = View([200, value]);
        using var row = view.GetRowCursor(view.Schema);
        var look = Pixels().Bind(row, view.Schema["Image"]);
        row.MoveNext();

        Assert.Equal(reason, look());
    }

    [Fact]
    public void Check_ScaledImagesBesideABrokenOne_Throws()
    {
        var view = View([0.2f, 0.4f], [0, 1000], [0.5f, 0.7f]);
        using var row = view.GetRowCursor(view.Schema);
        var (all, pixels) = (Pixels(), Pixels());
        var look = pixels.Bind(row, view.Schema["Image"]);
        while (row.MoveNext())
        {
            look();
        }

        all.Add(pixels);

        Assert.Contains("from 0.2 to 0.7", Assert.Throws<ColumnMismatchException>(all.Check).Message, StringComparison.Ordinal);
    }

    private static PixelValues Pixels() => new("Image");

    /// <summary>Images of those values by turns.</summary>
    private IDataView View(params float[][] images) =>
        _ml.Data.LoadFromEnumerable(
            images.Select(values => new Row { Image = [.. Enumerable.Range(0, 12).Select(i => values[i % values.Length])] }));

    private sealed class Row
    {
        [VectorType(2, 2, 3)]
        public float[] Image { get; set; } = [];
    }
}
