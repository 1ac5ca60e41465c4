using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Scoring.Sessions;
using MLVision.MLNetExtensions.Threads;
using MLVision.MLNetExtensions.Words;

namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>A model's scores of images: what accuracy and noise are computed from.</summary>
/// <remarks>An image that cannot be read has no scores and counts nowhere.</remarks>
internal sealed class ModelScores
{
    // What the measurements of these runs are tagged with.
    private const string MetricsName = "quantization";

    private readonly float[]?[] _scores;

    private ModelScores(float[]?[] scores, IReadOnlyList<int> labels)
    {
        _scores = scores;
        Images = scores.Count(s => s is not null);
        WithoutNumbers = scores.Count(s => s is not null && !Decision.AreNumbers(s));
        Correct = scores.Zip(labels).Count(pair => pair.First is { } s && Decision.AreNumbers(s) && Decision.Best(s) == pair.Second);
    }

    /// <summary>Images scored.</summary>
    public int Images { get; }

    /// <summary>Number of images whose scores are NaN or infinite; they count as wrong.</summary>
    public int WithoutNumbers { get; }

    /// <summary>Number of images classified correctly.</summary>
    public int Correct { get; }

    /// <summary>Share of the images classified correctly, 0..1.</summary>
    public double MicroAccuracy => (double)Correct / Images;

    /// <summary>Scores all images with a label; see the other overload.</summary>
    public static ModelScores Of(ModelProto model, LabeledPixels images, int threads, CancellationToken cancellationToken) =>
        Of(model, images, images.Labelled, threads, cancellationToken);

    /// <summary>Scores images on the CPU, one image per thread.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Where pixels come from.</param>
    /// <param name="which">Indices of the images to score.</param>
    /// <param name="threads">Images scored at the same time.</param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    /// <exception cref="ModelFileException">ONNX Runtime cannot open the model.</exception>
    /// <exception cref="ImageDataException">Too many images cannot be read.</exception>
    public static ModelScores Of(
        ModelProto model, LabeledPixels images, IReadOnlyList<int> which, int threads, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var content = ModelContent.OfMade(model, "The model to be measured");
        using var session = ClassifierSession.OpenUntried(content, ComputeDevice.Cpu);
        using var lanes = new ScoringLanes(
            session, new ScoringMetrics(MetricsName, session.Device), LanePlan.Of(session.Device, threads, batchSize: 1));
        var scores = new float[]?[which.Count];
        ParallelItems.ForEach(which.Count, threads, Score, cancellationToken);
        return new ModelScores(scores, [.. which.Select(image => images.Labels[image])]);

        void Score(int i) => lanes.Run(
            (Images: images, Image: which[i], Scores: scores, Place: i),
            static (work, lane) => lane.Add(
                work.Place, work,
                static (from, pixels) => from.Images.TryRead(from.Image, pixels) ? null : "it is one of those that are skipped."),
            static (work, lane) => work.Scores[work.Place] = lane.Count > 0 ? lane.Scores(0).ToArray() : null,
            cancellationToken);
    }

    /// <summary>Throws unless all scores are finite.</summary>
    /// <param name="model">The model's name in error messages.</param>
    /// <exception cref="ModelFileException">Scores are NaN or infinite.</exception>
    public void ThrowUnlessNumbers(string model)
    {
        if (WithoutNumbers > 0)
        {
            throw new ModelFileException(
                $"{model} gives {WithoutNumbers} of {Counted.Of(Images, "image")} scores that are NaN or infinite: " +
                "train or export the float model again.");
        }
    }

    /// <summary>Percentage points of accuracy that another model loses on the same images; negative where it gains some.</summary>
    public double DropPointsTo(ModelScores other) => 100.0 * (Correct - other.Correct) / Images;

    /// <summary>
    /// Mean Kullback-Leibler divergence of another model's scores of the same images from these, in nats: 0 where they are the same;
    /// infinite where some are not numbers.
    /// </summary>
    public double DivergenceOf(ModelScores other)
    {
        const double SmallestProbability = 1e-12;
        var sum = 0.0;
        foreach (var (mine, others) in _scores.Zip(other._scores).Where(pair => pair.First is not null))
        {
            for (var c = 0; c < mine!.Length; c++)
            {
                var p = Math.Max(mine[c], SmallestProbability);
                sum += p * Math.Log(p / Math.Max(others![c], SmallestProbability));
            }
        }

        return double.IsNaN(sum) ? double.PositiveInfinity : sum / Images;
    }
}
