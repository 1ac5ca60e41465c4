using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>Checks the values of a column of unknown origin: are they pixels of 0 to 255, or scaled numbers of the same type?</summary>
/// <remarks>
/// Whole numbers up to 255 are pixels. Fractions are allowed if some value is large enough, because resizing a vector of pixels gives
/// fractions. Values below 0 or above 255 were scaled or shifted, and so were fractions that are all below a tenth of 255. If all values
/// are 0 or 1, they are taken for black and white on the scale 0..1: that is more likely than images whose brightest pixel is 1. Not
/// thread-safe.
/// </remarks>
/// <param name="columnName">The column's name in error messages.</param>
internal sealed class PixelValues(string columnName)
{
    private const int FirstImages = 16;
    private const float Most = byte.MaxValue;
    private const float MostOfScaled = Most / 10;

    private readonly Range _all = new();
    private readonly Range _pixels = new();
    private bool _areWhole = true;

    /// <summary>Checks the first images of a view, before slow work.</summary>
    /// <exception cref="ColumnMismatchException">The values are not pixels of 0 to 255.</exception>
    public void LookAtFirst(IDataView view)
    {
        var column = view.Schema[columnName];
        using var row = view.GetRowCursorSet([column], 1)[0];
        var look = Bind(row, column);
        for (var images = 0; images < FirstImages && row.MoveNext(); images++)
        {
            try
            {
                look();
            }
            catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
            {
                // An image that cannot be read tells nothing here; it is reported when all images are read.
                continue;
            }
        }

        if (_all.Smallest < 0 || _all.Largest > Most)
        {
            throw Mismatch(_all);
        }

        Check();
    }

    /// <summary>Binds to a row or cursor. The returned function checks the current row and returns what is wrong, or null.</summary>
    public Func<string?> Bind(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<float>>(column);
        VBuffer<float> values = default;
        return () =>
        {
            getter(ref values);
            return Add(values.IsDense ? values.GetValues() : [.. values.DenseValues()]);
        };
    }

    /// <summary>Adds the counts of another instance.</summary>
    public void Add(PixelValues other)
    {
        _all.Add(other._all.Smallest, other._all.Largest);
        _pixels.Add(other._pixels.Smallest, other._pixels.Largest);
        _areWhole &= other._areWhole;
    }

    /// <summary>Throws if the images accepted so far turn out to be scaled.</summary>
    /// <exception cref="ColumnMismatchException">The values are not pixels of 0 to 255.</exception>
    public void Check()
    {
        if (_pixels.Largest > 0 && _pixels.Largest <= (_areWhole ? 1 : MostOfScaled))
        {
            throw Mismatch(_pixels, _areWhole ? ", or give bytes where they really are that dark" : "");
        }
    }

    private string? Add(ReadOnlySpan<float> image)
    {
        var (smallest, largest) = (float.PositiveInfinity, float.NegativeInfinity);
        var areWhole = true;
        foreach (var value in image)
        {
            if (!float.IsFinite(value))
            {
                return "its pixels are not all numbers.";
            }

            (smallest, largest) = (MathF.Min(smallest, value), MathF.Max(largest, value));
            areWhole &= value == MathF.Truncate(value);
        }

        _all.Add(smallest, largest);
        if (smallest < 0 || largest > Most)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"its pixels are from {smallest:0.###} to {largest:0.###}, but a model takes 0 to 255.");
        }

        _pixels.Add(smallest, largest);
        _areWhole &= areWhole;
        return null;
    }

    private ColumnMismatchException Mismatch(Range range, string exception = "") => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The pixels in column '{columnName}' are from {range.Smallest:0.###} to {range.Largest:0.###}, but a model takes 0 to 255: ")
        + $"leave scaleImage and offsetImage out{exception}; the model normalises by itself.");

    private sealed class Range
    {
        public float Smallest { get; private set; } = float.PositiveInfinity;

        public float Largest { get; private set; } = float.NegativeInfinity;

        public void Add(float smallest, float largest) =>
            (Smallest, Largest) = (MathF.Min(Smallest, smallest), MathF.Max(Largest, largest));
    }
}
