using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Reports.Contents;

namespace Reports.Tests;

/// <summary>A report on a classifier that never was, made by arithmetic.</summary>
internal static class SampleReport
{
    private static readonly DateTimeOffset Day = new(2026, 11, 28, 12, 30, 0, TimeSpan.Zero);

    /// <summary>A report with every part: about one image in four is taken for the class behind its own, or the one after that.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="imagesEach">Scored images of each class.</param>
    /// <param name="path">Path of the image of a class and a number; null for files that do not exist.</param>
    public static ModelReport Of(IReadOnlyList<string> labels, int imagesEach = 12, Func<int, int, string>? path = null) => new()
    {
        Title = "Sample",
        Created = Day,
        Model = new ClassifierMetadata
        {
            Architecture = "resnet18_mlnet",
            Labels = labels,
            ImageSize = 256,
            CropSize = 224,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
        },
        Evaluation = Metrics(labels, imagesEach, path ?? ((label, image) => $"images/{label}/{image}.jpg")),
        EvaluationNote = "The images scored were held out of the training data.",
        LearningCurves = Curves(headEpochs: 40, epochs: 5),
        Data = new DataSetFacts
        {
            Classes = [.. labels.Select((label, c) => new ClassImages(label, imagesEach * (10 + (c % 3)), imagesEach))],
            Dimensions = [.. Enumerable.Range(0, 200).Select(i => new ImageDimensions(320 + (i % 7 * 80), 240 + (i % 5 * 60)))],
            Skipped = [new SkippedImage("images/broken.jpg", "the file ends before the image does.")],
            Hash = new string('a', 64),
        },
        Device = "cpu",
        TrainingTime = TimeSpan.FromSeconds(200),
        Seed = 1,
        Configuration = [.. Enumerable.Range(1, 30).Select(i => KeyValuePair.Create($"Setting{i}", $"{i}"))],
        Versions = [KeyValuePair.Create("MLVision", "0.1.0")],
    };

    /// <summary>Figures of such a classifier.</summary>
    public static ImageClassificationMetrics Metrics(IReadOnlyList<string> labels, int imagesEach, Func<int, int, string> path)
    {
        var random = new Random(1);
        var results = new List<ScoredImage>();
        var scored = new List<(int, IReadOnlyList<float>)>();
        foreach (var (label, image) in labels.SelectMany((_, label) => Enumerable.Range(0, imagesEach).Select(image => (label, image))))
        {
            var predicted = labels.Count > 1 && random.Next(4) == 0 ? (label + 1 + random.Next(2)) % labels.Count : label;
            var probability = labels.Count == 1 ? 1 : 0.5f + (random.NextSingle() / 2);
            var scores = new float[labels.Count];
            Array.Fill(scores, (1 - probability) / Math.Max(1, labels.Count - 1));
            scores[predicted] = probability;
            scored.Add((label, scores));
            results.Add(new ScoredImage
            {
                ImagePath = path(label, image),
                Label = labels[label],
                PredictedLabel = labels[predicted],
                Probability = probability,
                LabelProbability = scores[label],
            });
        }

        return ImageClassificationMetrics.Of(labels, scored, [], seconds: 1) with { Results = results };
    }

    /// <summary>Curves that fall and rise as such do.</summary>
    public static IReadOnlyList<LearningCurvePoint> Curves(int headEpochs, int epochs) =>
    [
        .. Enumerable.Range(1, headEpochs).Select(epoch => Point("last layer", epoch, 1.2 / Math.Sqrt(epoch), isKept: false)),
        .. Enumerable.Range(1, epochs).Select(epoch => Point("fine-tuning", epoch, 0.18 / Math.Sqrt(epoch), epoch == epochs)),
    ];

    private static LearningCurvePoint Point(string phase, int epoch, double loss, bool isKept) => new()
    {
        Phase = phase,
        Epoch = epoch,
        Loss = loss,
        Accuracy = 1 - (loss / 3),
        ValidationLoss = (loss * 0.8) + 0.1,
        ValidationAccuracy = 0.97 - (loss / 3),
        IsKept = isKept,
    };
}
