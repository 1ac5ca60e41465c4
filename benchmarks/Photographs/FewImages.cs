using System.Diagnostics;
using Microsoft.ML;
using MLVision.MLNetExtensions.Images;

namespace Benchmarks.Photographs;

/// <summary>Tests a training on a folder after it has learned a few images of each class of another one, drawn again and again.</summary>
/// <param name="training">The images to draw from, one sub-folder for each class.</param>
/// <param name="test">The images to test on.</param>
/// <param name="imagesPerClass">Images of a class that are drawn.</param>
/// <param name="draws">Number of draws.</param>
internal sealed class FewImages(string training, string test, int imagesPerClass, int draws)
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Prints the mean accuracy and its standard error over the draws.</summary>
    public void Run(string name, CrossValidation.TestOn testOn)
    {
        var images = _ml.Data.CreateEnumerable<LabeledImage>(_ml.Data.LoadImageFolder(training), reuseRowObject: false)
            .OrderBy(image => image.ImagePath, StringComparer.Ordinal).ToArray();
        var tested = _ml.Data.LoadImageFolder(test);
        var (accuracies, watch) = (new List<double>(), Stopwatch.StartNew());
        for (var draw = 0; draw < draws; draw++)
        {
            new Random(draw).Shuffle(images);
            var drawn = images.GroupBy(image => image.Label).SelectMany(ofClass => ofClass.Take(imagesPerClass)).ToArray();
            accuracies.Add(testOn(_ml, _ml.Data.LoadFromEnumerable(drawn), tested, seed: draw + 1));
        }

        CrossValidation.Print(name, accuracies, watch.Elapsed);
    }
}
