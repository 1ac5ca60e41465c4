using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>Rows on their way from a source to the reader: first the values of their other columns, then also their scores.</summary>
internal sealed class RowBatch
{
    private readonly float[] _scores;
    private readonly (ModelOutputs Output, float[] Values)[] _outputs;
    private readonly object _gate = new();
    private bool _isScored;
    private Exception? _error;

    /// <param name="capacity">Rows that fit.</param>
    /// <param name="model">What scores; null for a batch without room.</param>
    /// <param name="outputs">What is kept beside scores.</param>
    /// <param name="columns">The values of the source's columns that are needed.</param>
    public RowBatch(int capacity, LoadedModel? model, ModelOutputs outputs, IReadOnlyList<ColumnBuffer> columns)
    {
        Columns = columns;
        _scores = new float[capacity * (model?.Metadata.Labels.Count ?? 0)];
        _outputs = [.. OutputPorts.Each(outputs).Select(output => (output, new float[
            capacity * model!.ShapeOf(output).Aggregate(1, (product, length) => product * length)]))];
        (Names, Errors, Keys) = (new string?[capacity], new string?[capacity], new uint[capacity]);
        (Ids, SourceBatches) = (new DataViewRowId[capacity], new long[capacity]);
    }

    /// <summary>Rows that fit.</summary>
    public int Capacity => Keys.Length;

    /// <summary>Rows there are.</summary>
    public int Count { get; set; }

    /// <summary>The values of the source's columns that are needed.</summary>
    public IReadOnlyList<ColumnBuffer> Columns { get; }

    /// <summary>The rows' identifiers in the source.</summary>
    public DataViewRowId[] Ids { get; }

    /// <summary>The rows' batches in the source, which give the order among several cursors.</summary>
    public long[] SourceBatches { get; }

    /// <summary>The names of the rows' images; null for none.</summary>
    public string?[] Names { get; }

    /// <summary>Why the rows' images cannot be read or scored; null where they can.</summary>
    public string?[] Errors { get; }

    /// <summary>The keys of the predicted labels; 0 where there is none.</summary>
    public uint[] Keys { get; }

    /// <summary>The values of a row; not a number where there is an error.</summary>
    /// <param name="output">Which; none for the scores.</param>
    /// <param name="row">The row.</param>
    public Span<float> Values(ModelOutputs output, int row)
    {
        var values = output == ModelOutputs.None ? _scores : Array.Find(_outputs, pair => pair.Output == output).Values;
        var width = values.Length / Capacity;
        return values.AsSpan(row * width, width);
    }

    /// <summary>Makes room for other rows.</summary>
    public void Clear()
    {
        (Count, _isScored, _error) = (0, false, null);
        Array.Clear(Names);
        Array.Clear(Errors);
    }

    /// <summary>Takes over the scores of the images that were read.</summary>
    /// <param name="lane">Has the scores.</param>
    /// <param name="model">Tells which rows get no label although they were scored.</param>
    /// <param name="keys">The key of each class.</param>
    public void Take(ScoringLane lane, LoadedModel model, IReadOnlyList<uint> keys)
    {
        Forget(_scores);
        Array.ForEach(_outputs, output => Forget(output.Values));
        Array.Clear(Keys);
        for (var i = 0; i < lane.Count; i++)
        {
            var row = lane.Place(i);
            if (!lane.HasNumbers(i))
            {
                Errors[row] = ImagePrediction.NoNumbers;
                continue;
            }

            var scores = lane.Scores(i);
            scores.CopyTo(Values(ModelOutputs.None, row));
            foreach (var (output, _) in _outputs)
            {
                lane.Values(output, i).CopyTo(Values(output, row));
            }

            Keys[row] = model.WhyRefused(lane, i) is null ? keys[Decision.Best(scores)] : 0;
        }
    }

    private void Forget(float[] values) => values.AsSpan(0, values.Length / Capacity * Count).Fill(float.NaN);

    /// <summary>Ends the reader's wait; with an error, the rows have no scores.</summary>
    public void Complete(Exception? error)
    {
        lock (_gate)
        {
            (_isScored, _error) = (true, error);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the scores.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (!_isScored)
            {
                Monitor.Wait(_gate);
            }
        }

        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }
    }
}
