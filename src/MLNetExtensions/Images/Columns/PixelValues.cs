using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>Looks at the values of a column that nobody vouches for, to tell pixels of 0 to 255 from others of the same type.</summary>
/// <remarks>
/// Whole numbers up to 255 are pixels, and so are others that reach high enough: what was resized after it became numbers has fractions.
/// Values below 0, above 255, or with fractions where none is above a tenth of 255 were scaled or shifted; and where all are 0 or 1,
/// black and white of 0..1 are taken to be more likely than images of which no pixel is brighter than 1. To be used by one thread.
/// </remarks>
/// <param name="columnName">What errors call the column.</param>
internal sealed class PixelValues(string columnName)
{
    private const int FirstImages = 16;
    private const float Most = byte.MaxValue;
    private const float MostOfScaled = Most / 10;

    private readonly Range _all = new();
    private readonly Range _pixels = new();
    private bool _areWhole = true;

    /// <summary>Looks at the first images of a view, before slow work.</summary>
    /// <exception cref="ColumnMismatchException">They are no pixels of 0 to 255.</exception>
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
                // An image that cannot be read tells nothing, and is listed when all are read.
                continue;
            }
        }

        if (_all.Smallest < 0 || _all.Largest > Most)
        {
            throw Mismatch(_all);
        }

        Check();
    }

    /// <summary>Binds to a row or cursor: what is returned looks at the row's values and says why they are no image, or null.</summary>
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

    /// <summary>Adds what another one saw.</summary>
    public void Add(PixelValues other)
    {
        _all.Add(other._all.Smallest, other._all.Largest);
        _pixels.Add(other._pixels.Smallest, other._pixels.Largest);
        _areWhole &= other._areWhole;
    }

    /// <summary>Throws where the images that were let pass were scaled.</summary>
    /// <exception cref="ColumnMismatchException">They are no pixels of 0 to 255.</exception>
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
