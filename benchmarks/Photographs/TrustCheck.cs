using System.Globalization;
using Microsoft.ML;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using MLVision.Trainers.Options;

namespace Benchmarks.Photographs;

/// <summary>How well a model tells photographs that it knows nothing of, and what its probabilities are worth.</summary>
/// <remarks>
/// In each draw another class is left out, and a fifth of the others' photographs. The model learns from the rest. Those that it has not
/// seen are known ones; the class that was left out is near to them, and other photographs are far. AUROC is the probability that a known
/// photograph gets more than a strange one.
/// </remarks>
/// <param name="folder">One sub-folder for each class.</param>
/// <param name="others">A folder of other photographs, in sub-folders or not.</param>
/// <param name="draws">Number of draws.</param>
/// <param name="training">Makes the options of a draw's training.</param>
internal sealed class TrustCheck(string folder, string others, int draws, Func<ImageTrainingOptions, ImageTrainingOptions> training)
{
    private const int PartsInFive = 5;
    private const int MostOthers = 500;

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Prints each draw and the means.</summary>
    public void Run()
    {
        var photographs = Read(folder);
        var strangers = Read(others).Take(MostOthers).ToArray();
        var classes = photographs.Select(image => image.Label).Distinct().Order(StringComparer.Ordinal).ToArray();
        var draw = Enumerable.Range(0, draws).Select(i => Draw(photographs, strangers, classes[i % classes.Length], seed: i + 1)).ToList();
        Print("mean", [.. draw[0].Select((_, i) => draw.Average(values => values[i]))]);
    }

    private double[] Draw(LabeledImage[] photographs, LabeledImage[] strangers, string left, int seed)
    {
        var near = photographs.Where(image => image.Label == left).ToArray();
        var rest = photographs.Where(image => image.Label != left).ToArray();
        new Random(seed).Shuffle(rest);
        var known = rest.Take(rest.Length / PartsInFive).ToArray();
        using var classifier = Train(rest[known.Length..], seed);
        var (ofKnown, ofNear, ofFar) = (Score(classifier, known), Score(classifier, near), Score(classifier, strangers));
        var temperature = classifier.Metadata.Temperature;
        double[] values =
        [
            Auroc(ofKnown, ofNear, Familiarity), Auroc(ofKnown, ofNear, LargestProbability),
            Auroc(ofKnown, ofFar, Familiarity), Auroc(ofKnown, ofFar, LargestProbability),
            Error(known, ofKnown, temperature), Error(known, ofKnown, 1), temperature,
            ofKnown.Average(prediction => prediction.Familiarity < 0.05 ? 1.0 : 0),
        ];
        Print($"without {left}", values);
        return values;
    }

    private ImageClassifier Train(LabeledImage[] images, int seed)
    {
        var options = training(new ImageTrainingOptions
        {
            Seed = seed,
            Weights = "imagenet_mlnet",
            FineTuning = FineTuning.HeadOnly,
            Outputs = ModelOutputs.Familiarity,
        });
        var view = _ml.Data.LoadFromEnumerable(images);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
            .Append(_ml.Transforms.ImageClassifier("resnet18_mlnet", options));
        using var model = pipeline.Fit(view);
        var path = Path.Combine(Path.GetTempPath(), $"trust-{Environment.ProcessId}.onnx");
        try
        {
            model.LastTransformer.SaveOnnx(path);
            return ImageClassifier.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float Familiarity(ImagePrediction prediction) => prediction.Familiarity!.Value;

    private static float LargestProbability(ImagePrediction prediction) => prediction.Probability;

    private static IReadOnlyList<ImagePrediction> Score(ImageClassifier classifier, LabeledImage[] images) =>
        classifier.PredictMany(images.Select(image => image.ImagePath));

    /// <summary>Ties count half.</summary>
    private static double Auroc(
        IReadOnlyList<ImagePrediction> known, IReadOnlyList<ImagePrediction> strange, Func<ImagePrediction, float> value)
    {
        var wins = known.Sum(a => strange.Sum(b => value(a) > value(b) ? 1 : value(a) == value(b) ? 0.5 : 0));
        return wins / ((double)known.Count * strange.Count);
    }

    /// <summary>Expected calibration error over 15 bins of the scores to the power of the given temperature, which undoes it.</summary>
    private static double Error(
        LabeledImage[] images, IReadOnlyList<ImagePrediction> predictions, double undone)
    {
        const int Bins = 15;
        var gaps = new double[Bins];
        foreach (var (image, prediction) in images.Zip(predictions))
        {
            var powers = prediction.Scores.Select(score => Math.Pow(score, undone)).ToArray();
            var confidence = powers.Max() / powers.Sum();
            var isRight = prediction.Label == image.Label ? 1 : 0;
            gaps[Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1)] += isRight - confidence;
        }

        return gaps.Sum(Math.Abs) / predictions.Count;
    }

    private LabeledImage[] Read(string path) =>
    [
        .. _ml.Data.CreateEnumerable<LabeledImage>(_ml.Data.LoadImageFolder(path), reuseRowObject: false)
            .OrderBy(image => image.Label, StringComparer.Ordinal).ThenBy(image => image.ImagePath, StringComparer.Ordinal),
    ];

    private static void Print(string name, double[] v) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: AUROC near {v[0]:0.000} (largest probability {v[1]:0.000}), far {v[2]:0.000} ({v[3]:0.000}); calibration error " +
        $"{v[4]:0.000} before, {v[5]:0.000} with temperature {v[6]:0.00}; known with a familiarity below 0.05: {v[7]:0.000}"));
}
