using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLVision.MLNetExtensions.Doctor.Labels;

/// <summary>Logistic regression on features, by ML.NET: learns from some images and gives other images' class probabilities.</summary>
/// <param name="classes">Number of classes; at least 2.</param>
/// <param name="width">Number of features.</param>
internal sealed class HeadFit(int classes, int width)
{
    private const int MostIterations = 100;

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Fits the head to images, then scores others.</summary>
    /// <param name="learnt">Features and classes to learn from.</param>
    /// <param name="heldOut">Features to score.</param>
    /// <param name="l2">How strongly large weights are punished.</param>
    /// <param name="cancellationToken">Stops before the next row is read, in any of the passes.</param>
    /// <returns>For each image that was held out, the probability of each class.</returns>
    public IReadOnlyList<float[]> Score(
        IEnumerable<(float[] Features, int Label)> learnt, IEnumerable<float[]> heldOut, float l2, CancellationToken cancellationToken)
    {
        var trainer = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = l2,
            MaximumNumberOfIterations = MostIterations,
            OptimizationTolerance = 1e-5f,
            NumberOfThreads = 1,
            HistorySize = 20,
        });
        var rows = learnt.Select(row => new Row { Features = row.Features, Label = (uint)row.Label });
        using var model = trainer.Fit(View(rows, cancellationToken));
        var scored = model.Transform(View(heldOut.Select(features => new Row { Features = features }), cancellationToken));
        return [.. scored.GetColumn<float[]>("Score")];
    }

    /// <summary>ML.NET offers no way to stop a fit, but it reads the rows in every pass.</summary>
    private IDataView View(IEnumerable<Row> rows, CancellationToken cancellationToken)
    {
        var kept = rows.ToArray();
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        return _ml.Data.LoadFromEnumerable(Read(), schema);

        IEnumerable<Row> Read()
        {
            foreach (var row in kept)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }
        }
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }
}
