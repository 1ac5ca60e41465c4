using System.Reflection;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Class names of published data sets, in the order of the published weights' scores.</summary>
internal static class ClassNames
{
    /// <summary>
    /// Deng et al. 2009: the 1000 classes of ILSVRC 2012 by their first WordNet lemma, made unique as torchvision spells them.
    /// </summary>
    private static readonly Lazy<string[]> ImageNet = new(() =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("imagenet-1k.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    });

    /// <summary>Krizhevsky 2009.</summary>
    private static readonly string[] Cifar10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The names of a data set of <see cref="PublishedWeightsCatalog"/>.</summary>
    public static IReadOnlyList<string> Of(string dataSet) => dataSet == PublishedWeightsCatalog.ImageNet ? ImageNet.Value : Cifar10;
}
