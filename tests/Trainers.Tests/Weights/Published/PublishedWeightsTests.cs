using System.Security.Cryptography;
using MLVision.Trainers.Weights.Published;

namespace Trainers.Tests.Weights.Published;

public sealed class PublishedWeightsTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Recognize_NameAndContent_IsTheEntry() =>
        Assert.Same(Entry, PublishedWeights.Recognize(Saved(Entry.FileName, Content), [Entry]));

    [Fact]
    public void Recognize_OtherContent_IsNone() => Assert.Null(PublishedWeights.Recognize(Saved(Entry.FileName, [1, 2, 4]), [Entry]));

    [Fact]
    public void Recognize_OtherName_IsNone() => Assert.Null(PublishedWeights.Recognize(Saved("mine.pth", Content), [Entry]));

    /// <summary>It has no digits in its name, so that a name would say little.</summary>
    [Fact]
    public void Recognize_PackagesFileOfAnotherName_IsTheEntry()
    {
        var packaged = PublishedWeightsCatalog.Find("resnet18_mlnet", "imagenet_mlnet") with
        {
            Sha256 = Entry.Sha256,
            Length = null,
        };

        Assert.Same(packaged, PublishedWeights.Recognize(Saved("mine.onnx", Content), [packaged]));
    }

    /// <summary>Who tries bytes at a file's end until the first digits fit does not get the whole digest, or the length.</summary>
    [Fact]
    public void Recognize_FirstDigitsOfAnotherFile_IsNone()
    {
        var whole = Entry with { Sha256 = Entry.Sha256 + new string('0', 56) };
        var longer = Entry with { Length = 4 };
        var path = Saved(Entry.FileName, Content);

        Assert.True(whole.IsSha256Whole);
        Assert.False(Entry.IsSha256Whole);
        Assert.Null(PublishedWeights.Recognize(path, [whole]));
        Assert.Null(PublishedWeights.Recognize(path, [longer]));
    }

    [Fact]
    public void Recognize_MissingFile_IsNone() =>
        Assert.Null(PublishedWeights.Recognize(Path.Combine(_folder.FullName, Entry.FileName), [Entry]));

    /// <summary>A published entry, but for the digits of its file.</summary>
    private static readonly PublishedWeights Entry = PublishedWeightsCatalog.Find("googlenet", "imagenet1k_v1") with
    {
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content))[..8],
    };

    private string Saved(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
