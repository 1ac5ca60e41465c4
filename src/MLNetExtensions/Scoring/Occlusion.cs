using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Resizing;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>Finds what speaks for a class by hiding one part of an image after the other.</summary>
/// <remarks>Works with any network, at the price of scoring the image 144 times. Source: see <see cref="HeatSource.Occlusion"/>.</remarks>
internal sealed class Occlusion
{
    // A finer grid takes more time than it tells: hidden squares overlap.
    private const int MostCells = 12;
    private const double HiddenShare = 0.25;
    private const float Grey = 0.5f;

    private readonly LoadedModel _model;
    private readonly SeenSquare _square;
    private readonly byte[] _pixels;
    private readonly byte[] _fill;
    private readonly int _cells;
    private readonly int _class;
    private readonly float[] _probabilities;

    private Occlusion(LoadedModel model, SeenSquare square, byte[] pixels, int label)
    {
        (_model, _square, _pixels, _class) = (model, square, pixels, label);
        _cells = Math.Min(MostCells, square.CropSize);
        _probabilities = new float[_cells * _cells];
        // What the network is used to on average; a model that is given plain bytes has no mean.
        _fill = [.. model.Metadata.Mean.Select(mean => (byte)Math.Round(byte.MaxValue * (mean > 0 ? Math.Min(mean, 1) : Grey)))];
    }

    /// <summary>How much the probability of the best class falls while each part of the image is hidden.</summary>
    /// <param name="model">A model that the caller has entered.</param>
    /// <param name="square">What it sees.</param>
    /// <param name="image">The image, which can be read.</param>
    /// <param name="prediction">Its prediction.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    public static HeatMap Map(
        LoadedModel model, SeenSquare square, ImageSource image, ImagePrediction prediction, CancellationToken cancellationToken)
    {
        var pixels = new byte[model.Reader.PixelBytes];
        image.Read(model.Reader, pixels);
        var best = prediction.Scores.Index().MaxBy(score => score.Item).Index;
        var occlusion = new Occlusion(model, square, pixels, best);
        occlusion.Run(cancellationToken);
        return new HeatMap(occlusion._cells, [.. occlusion._probabilities.Select(hidden => prediction.Probability - hidden)]);
    }

    private void Run(CancellationToken cancellationToken)
    {
        var batches = (_probabilities.Length + _model.BatchSize - 1) / _model.BatchSize;
        _model.ForEachBatch(
            batches,
            batch => _model.Lanes.Run(
                (Occlusion: this, Start: batch * _model.BatchSize), static (batch, lane) => batch.Occlusion.Fill(batch.Start, lane),
                static (batch, lane) => batch.Occlusion.Take(batch.Start, lane), cancellationToken),
            cancellationToken);
    }

    private void Fill(int start, ScoringLane lane) => lane.AddAll(
        Math.Min(_model.BatchSize, _probabilities.Length - start), (Occlusion: this, start), static (batch, place, pixels) =>
        {
            batch.Occlusion.Hide(batch.start + place, pixels);
            return null;
        });

    private void Take(int start, ScoringLane lane)
    {
        for (var i = 0; i < lane.Count; i++)
        {
            _probabilities[start + lane.Place(i)] = lane.Scores(i)[_class];
        }
    }

    /// <summary>Copies the image and lays a square around the middle of a cell over it.</summary>
    private void Hide(int cell, Span<byte> pixels)
    {
        _pixels.CopyTo(pixels);
        var (top, bottom) = Span(cell / _cells);
        var (left, right) = Span(cell % _cells);
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                _fill.CopyTo(pixels[(((y * _square.ImageSize) + x) * Rgb.Channels)..]);
            }
        }
    }

    /// <summary>The rows, or columns, of the input that are hidden around the middle of one cell of the grid.</summary>
    private (int From, int To) Span(int cell)
    {
        var middle = (cell + 0.5) * _square.CropSize / _cells;
        var half = Math.Max(HiddenShare * _square.CropSize, 1) / 2;
        return (
            _square.Margin + Math.Max(0, (int)Math.Round(middle - half)),
            _square.Margin + Math.Min(_square.CropSize, Math.Max((int)Math.Round(middle + half), (int)middle + 1)));
    }
}
