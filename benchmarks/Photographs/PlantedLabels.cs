using System.Globalization;
using MLVision.MLNetExtensions.Doctor;

namespace Benchmarks.Photographs;

/// <summary>Gives some photographs another class's label and measures how well the doctor finds them again.</summary>
/// <param name="folder">One sub-folder for each class.</param>
/// <param name="draws">How often labels are drawn anew.</param>
/// <param name="features">Features of the photographs.</param>
internal sealed class PlantedLabels(string folder, int draws, IImageFeatures features)
{
    private readonly IReadOnlyList<DoctorImage> _images = DoctorFolder.Read(folder);
    private readonly KeptFeatures _features = new(features);

    /// <summary>Prints the area under the ROC curve of the score, and how many of the first in its order are planted.</summary>
    /// <param name="share">Share of the photographs that get a wrong label.</param>
    public void Run(double share)
    {
        var count = (int)Math.Round(share * _images.Count);
        var results = Enumerable.Range(0, draws).Select(draw => Measure(count, new Random(draw))).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{share:0 %} of labels planted, {draws} draws: AUROC {Summary([.. results.Select(result => result.Area)])}, precision among " +
            $"the first {count}: {Summary([.. results.Select(result => result.Precision)])}"));
    }

    private (double Area, double Precision) Measure(int count, Random random)
    {
        string[] labels = [.. _images.Select(image => image.Label).Distinct()];
        var order = Enumerable.Range(0, _images.Count).ToArray();
        random.Shuffle(order);
        var planted = order.Take(count).ToHashSet();
        DoctorImage[] images =
        [
            .. _images.Select((image, index) =>
                planted.Contains(index) ? image with { Label = Another(labels, image.Label, random) } : image),
        ];
        var scores = DataDoctor.Examine(images, new DoctorOptions { Features = _features }).Images
            .Select((image, index) => (Score: image.WrongLabelScore ?? 0, IsPlanted: planted.Contains(index))).ToList();
        return (Area(scores), (double)scores.OrderByDescending(image => image.Score).Take(count).Count(image => image.IsPlanted) / count);
    }

    private static string Another(string[] labels, string label, Random random)
    {
        string[] others = [.. labels.Where(other => other != label)];
        return others[random.Next(others.Length)];
    }

    /// <summary>The share of pairs, one planted and one not, that the score orders rightly; half of those that are equal.</summary>
    private static double Area(IReadOnlyList<(double Score, bool IsPlanted)> scores)
    {
        var (planted, others) = (scores.Where(image => image.IsPlanted), scores.Where(image => !image.IsPlanted).ToList());
        return planted.SelectMany(_ => others, (a, b) => a.Score > b.Score ? 1 : a.Score == b.Score ? 0.5 : 0).Average();
    }

    private static string Summary(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var variance = values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, values.Count - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {Math.Sqrt(variance / values.Count):0.000}");
    }
}
