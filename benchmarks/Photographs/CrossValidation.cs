using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLVision.MLNetExtensions.Images;

namespace Benchmarks.Photographs;

/// <summary>Tests a training on every part of a folder of photographs after it has learned from the others.</summary>
/// <param name="folder">One sub-folder for each class.</param>
/// <param name="arrangements">How often the photographs are dealt out anew.</param>
/// <param name="folds">Number of parts.</param>
internal sealed class CrossValidation(string folder, int arrangements, int folds)
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Trains on photographs, and returns the share of other photographs that the model labels correctly.</summary>
    public delegate double TestOn(MLContext ml, IDataView training, IDataView test, int seed);

    /// <summary>Prints the accuracy of each arrangement, and the mean and its standard error over all parts.</summary>
    public void Run(string name, TestOn test)
    {
        var photographs = _ml.Data.CreateEnumerable<LabeledImage>(_ml.Data.LoadImageFolder(folder), reuseRowObject: false)
            .OrderBy(image => image.Label, StringComparer.Ordinal).ThenBy(image => image.ImagePath, StringComparer.Ordinal).ToArray();
        var (accuracies, watch) = (new List<double>(), Stopwatch.StartNew());
        for (var arrangement = 0; arrangement < arrangements; arrangement++)
        {
            for (var fold = 0; fold < folds; fold++)
            {
                accuracies.Add(test(
                    _ml, View(photographs.Where((_, i) => i % folds != fold)), View(photographs.Where((_, i) => i % folds == fold)),
                    seed: arrangement + 1));
            }

            Console.Error.WriteLine(Line($"{name}, arrangement {arrangement + 1}: {accuracies.TakeLast(folds).Average():0.000}"));
            new Random(arrangement).Shuffle(photographs);
        }

        Print(name, accuracies, watch.Elapsed);
    }

    /// <summary>Prints the mean and its standard error.</summary>
    public static void Print(string name, IReadOnlyList<double> accuracies, TimeSpan time)
    {
        var mean = accuracies.Average();
        var variance = accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / (accuracies.Count - 1);
        var (error, seconds) = (Math.Sqrt(variance / accuracies.Count), time.TotalSeconds / accuracies.Count);
        Console.WriteLine(Line($"{name}: {mean:0.000} ± {error:0.000} over {accuracies.Count} parts, {seconds:0.0} s each"));
    }

    private IDataView View(IEnumerable<LabeledImage> photographs) => _ml.Data.LoadFromEnumerable(photographs.ToArray());

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
