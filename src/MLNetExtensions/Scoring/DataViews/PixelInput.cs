using Microsoft.ML;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>Reads the pixels of a source's rows. Bound to one row or cursor, which its threads use in turn.</summary>
internal abstract class PixelInput
{
    /// <summary>Copies what is needed from the source's current row.</summary>
    /// <param name="batch">Receives the row's name, or why it cannot be read.</param>
    /// <param name="row">The row's place in the batch.</param>
    /// <param name="lane">Receives the pixels if they are already available.</param>
    public abstract void Take(RowBatch batch, int row, ScoringLane lane);

    /// <summary>Reads the images of all rows taken, while the source continues.</summary>
    public virtual void Read(RowBatch batch, ScoringLane lane)
    {
    }

    /// <summary>Image files, named in a column of text.</summary>
    public static PixelInput OfPaths(DataViewRow source, DataViewSchema.Column column, string? folder, ImageReader reader) =>
        new Paths(source.GetGetter<ReadOnlyMemory<char>>(column), folder, reader);

    /// <summary>Rows that hold decoded images, or pixels as the model takes them.</summary>
    public static PixelInput OfRows(RowPixels rows) => new Rows(rows);

    /// <summary>The reason for one image, from a source's error.</summary>
    private static string Describe(Exception error) => $"the steps before the model cannot read it{ForeignError.InBrackets(error)}.";

    private sealed class Paths(ValueGetter<ReadOnlyMemory<char>> getter, string? folder, ImageReader reader) : PixelInput
    {
        private ReadOnlyMemory<char> _text;

        public override void Take(RowBatch batch, int row, ScoringLane lane)
        {
            try
            {
                getter(ref _text);
                var path = _text.ToString();
                batch.Names[row] = string.IsNullOrWhiteSpace(folder) ? path : Path.Combine(folder, path);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                batch.Errors[row] = Describe(e);
            }
        }

        public override void Read(RowBatch batch, ScoringLane lane)
        {
            lane.AddAll(batch.Count, (Batch: batch, Reader: reader), static (files, row, pixels) =>
            {
                var reason = files.Batch.Errors[row]
                    ?? (files.Reader.TryRead(files.Batch.Names[row]!, pixels, out var unreadable) ? null : unreadable);
                return files.Batch.Errors[row] = reason;
            });
        }
    }

    private sealed class Rows(RowPixels rows) : PixelInput
    {
        public override void Take(RowBatch batch, int row, ScoringLane lane)
        {
            batch.Errors[row] = lane.Add(row, rows, static (rows, pixels) => rows.Read(pixels));
            batch.Names[row] = rows.Name.Length > 0 ? rows.Name : null;
        }
    }
}
