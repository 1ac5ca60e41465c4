using MLVision.MLNetExtensions;
using TestImages;

namespace MLNetExtensions.Tests.Quantization.Calibration;

public sealed class LabeledPixelsTests : IDisposable
{
    private readonly ColourImages _images = new(imagesPerColour: 4);

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(0)]             // nothing is kept
    [InlineData(300)]           // one image is
    [InlineData(1 << 20)]
    public void TryRead_AnyBudget_GivesTheSamePixelsEachTime(long budgetBytes)
    {
        var pixels = _images.Pixels(budgetBytes: budgetBytes);
        var (first, second) = (new byte[pixels.PixelBytes], new byte[pixels.PixelBytes]);

        Assert.True(pixels.TryRead(5, first));
        Assert.True(pixels.TryRead(5, second));

        // Classes in ordinal order: blue 2, 5, 8, 11, then green 1, 4, …: image 5 has seed 4.
        Assert.Equal(ImageFiles.Pixels(seed: 4), first);
        Assert.Equal(first, second);
    }

    [Fact]
    public void TryRead_DamagedImage_IsListedOnce()
    {
        var damaged = _images.AddDamaged("red/zzz.png");
        var pixels = _images.Pixels(maxSkipped: 1);
        var buffer = new byte[pixels.PixelBytes];

        Assert.False(pixels.TryRead(pixels.Count - 1, buffer));
        Assert.False(pixels.TryRead(pixels.Count - 1, buffer));

        Assert.Equal(damaged, Assert.Single(pixels.Skipped).Image);
    }

    [Fact]
    public void TryRead_OneDamagedImageTooMany_Throws()
    {
        _images.AddDamaged("red/zzz.png");
        var pixels = _images.Pixels(maxSkipped: 0);

        var error = Assert.Throws<ImageDataException>(() => pixels.TryRead(pixels.Count - 1, new byte[pixels.PixelBytes]));

        Assert.StartsWith("1 of 13 images cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_LastImageOfAClassDamaged_NamesTheClass()
    {
        string[] damaged = [.. _images.Labeled.Where(image => image.Label == "blue").Select(image => image.ImagePath)];
        Array.ForEach(damaged, path => _images.AddDamaged(Path.Combine("blue", Path.GetFileName(path))));
        var pixels = _images.Pixels(maxSkipped: 10);
        var buffer = new byte[pixels.PixelBytes];

        Assert.All(Enumerable.Range(0, damaged.Length - 1), image => Assert.False(pixels.TryRead(image, buffer)));
        var error = Assert.Throws<ImageDataException>(() => pixels.TryRead(damaged.Length - 1, buffer));

        Assert.StartsWith("The class 'blue' has lost all of its 4 images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_LabelsTheModelDoesNotKnow_NamesThemAll()
    {
        _images.Add("violet/0.png", 0);
        _images.Add("orange/0.png", 0);

        var error = Assert.Throws<ImageDataException>(() => _images.Pixels());

        Assert.Equal(
            "The model does not know the classes 'orange', 'violet'; it knows 'red', 'green', 'blue'. "
            + "Without the accuracy gate (--no-gate, or Gate = false) images of any class will do.",
            error.Message);
    }

    [Fact]
    public void Sample_ClassesUnknownToTheModel_HaveTheirShare()
    {
        _images.Add("orange/0.png", 0);
        _images.Add("violet/0.png", 0);

        var pixels = _images.Pixels(takesUnknownClasses: true);

        // Five classes in the folder's order: blue, green, orange, red, violet; orange and violet have an image each.
        Assert.Equal([8, 13], Enumerable.Range(0, pixels.Count).Except(pixels.Labelled));
        Assert.Equal([0, 4, 8, 9, 13], pixels.Sample(5));
    }

    [Fact]
    public void Sample_FewerThanThereAre_TakesEvenlyFromTheClassesAndWithin()
    {
        var pixels = _images.Pixels();

        var sample = pixels.Sample(6);

        // Twelve images, four a class in ordinal order; two of four, evenly: the first and the third.
        Assert.Equal([0, 2, 4, 6, 8, 10], sample);
    }

    [Fact]
    public void Sample_SmallClass_IsTakenWhole()
    {
        foreach (var image in _images.Labeled.Where(image => image.Label == "red").Skip(1))
        {
            File.Delete(image.ImagePath);
        }

        var pixels = _images.Pixels();
        var labels = pixels.Sample(7).Select(image => pixels.Labels[image]).Order();

        Assert.Equal([0, 1, 1, 1, 2, 2, 2], labels);
    }

    [Fact]
    public void Sample_MoreThanThereAre_TakesAll() => Assert.Equal(Enumerable.Range(0, 12), _images.Pixels().Sample(100));
}
