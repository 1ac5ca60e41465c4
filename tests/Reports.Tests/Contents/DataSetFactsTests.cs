using System.Security.Cryptography;
using System.Text;
using MLVision.MLNetExtensions.Images;
using MLVision.Reports.Contents;
using TestImages;

namespace Reports.Tests.Contents;

public sealed class DataSetFactsTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    private static DataSetFacts Measure(IReadOnlyList<LabeledImage> images, int[]? heldOut = null, int mostDimensions = 2000) =>
        DataSetFacts.Measure(images, heldOut, mostDimensions, TestContext.Current.CancellationToken);

    [Fact]
    public void Measure_Images_CountsThemAndTheirSizes()
    {
        LabeledImage[] images = [Image("a", 1, 20, 10), Image("a", 2, 30, 40), Image("b", 3, 50, 60)];

        var facts = Measure(images, heldOut: [1]);

        Assert.Equal([new ClassImages("a", 2, 1), new ClassImages("b", 1)], facts.Classes);
        Assert.Equal(3, facts.Images);
        Assert.Equal([new(20, 10), new(30, 40), new(50, 60)], facts.Dimensions);
    }

    [Fact]
    public void Measure_Images_HashesFilesAndClasses()
    {
        LabeledImage[] images = [Image("b", 3, 50, 60), Image("a", 1, 20, 10)];
        static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        var lines = images.Select(image => $"{HashOf(image.ImagePath)} {image.Label}\n").Order(StringComparer.Ordinal);

        var hash = Measure(images).Hash;

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines)))), hash);
        Assert.Equal(hash, Measure([images[1], images[0]]).Hash);
        Assert.NotEqual(hash, Measure([images[0], new() { ImagePath = images[1].ImagePath, Label = "c" }]).Hash);
    }

    [Fact]
    public void Measure_FilesThatAreNone_HaveNoSize()
    {
        LabeledImage[] images =
        [
            new() { ImagePath = Path.Combine(_files.Folder, "gone.png"), Label = "a" },
            new() { ImagePath = _files.AddFile("words.png", 1, 2, 3), Label = "a" },
        ];

        var facts = Measure(images);

        Assert.Empty(facts.Dimensions);
        Assert.Equal(2, facts.Images);
    }

    [Fact]
    public void Measure_MoreThanASample_LooksAtSome()
    {
        var facts = Measure([Image("a", 1, 20, 10), Image("a", 2, 30, 40), Image("b", 3, 50, 60)], mostDimensions: 2);

        Assert.Equal([new(20, 10), new(50, 60)], facts.Dimensions);
    }

    [Fact]
    public void Measure_NoImages_IsEmpty()
    {
        var facts = Measure([]);

        Assert.Empty(facts.Classes);
        Assert.Equal(0, facts.Images);
    }

    private LabeledImage Image(string label, int seed, int width, int height) =>
        new() { ImagePath = _files.AddImage($"{label}/{seed}.png", seed, width, height), Label = label };
}
