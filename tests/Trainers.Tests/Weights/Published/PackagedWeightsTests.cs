using System.Security.Cryptography;
using MLVision.Trainers.Weights.Files.Tensors;
using MLVision.Trainers.Weights.Published;

namespace Trainers.Tests.Weights.Published;

public sealed class PackagedWeightsTests : IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 4];

    /// <summary>The catalog's entry, but for its content.</summary>
    private static readonly PublishedWeights Entry =
        PublishedWeightsCatalog.Find("resnet18_mlnet", "imagenet_mlnet") is { Package: { } package } published
            ? published with
            {
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)),
                Package = package with { Length = Content.Length },
            }
            : throw new InvalidOperationException("No package brings these weights.");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("packaged-weights-");

    private string Application => Path.Combine(_folder.FullName, "application");

    private string Cache => Path.Combine(_folder.FullName, "cache");

    private string Beside => Path.Combine(Application, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    private string Cached => Path.Combine(Cache, "ResNet18.onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Find_FileBesideTheApplication_IsThat()
    {
        Save(Beside, Content);
        Save(Cached, Content);

        Assert.Equal(Beside, Find());
    }

    [Fact]
    public void Find_FileInTheCacheFolderOnly_IsThat()
    {
        Save(Cached, Content);

        Assert.Equal(Cached, Find());
    }

    [Fact]
    public void Find_DamagedBesideTheApplicationAndWholeInTheCacheFolder_IsTheWhole()
    {
        Save(Beside, Content[..3]);
        Save(Cached, Content);

        Assert.Equal(Cached, Find());
    }

    [Fact]
    public void Find_NoFile_NamesThePackageAndWhereItLooked()
    {
        var error = Assert.Throws<WeightsFileException>(Find);

        Assert.Equal(
            "The weights imagenet_mlnet are the file ResNet18.onnx of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18, which " +
            $"is not at '{Beside}' or '{Cached}': add the package to the application (dotnet add package " +
            "Microsoft.ML.DnnImageFeaturizer.ResNet18), put the file in one of these places, or give its path as Weights (--weights).",
            error.Message);
    }

    [Fact]
    public void Find_UserWithoutACacheFolder_LooksBesideTheApplicationOnly()
    {
        var error = Assert.Throws<WeightsFileException>(() => new PackagedWeights(Application, cacheFolder: null).Find(Entry));

        Assert.Contains($"which is not at '{Beside}': add", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_CutFile_SaysHowMuchThereIs()
    {
        Save(Beside, Content[..3]);

        var error = Assert.Throws<WeightsFileException>(Find);

        Assert.Equal(
            $"The weights file '{Beside}' is cut: it has 3 of 4 bytes; delete it and build again, or take it from the package " +
            "Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1.",
            error.Message);
    }

    // The digits were made by sha256sum.
    [Fact]
    public void Find_OtherFile_GivesBothDigests()
    {
        Save(Beside, [4, 3, 2, 1]);

        var error = Assert.Throws<WeightsFileException>(Find);

        Assert.Equal(
            $"The weights file '{Beside}' is another one than the package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 brings: its " +
            $"SHA-256 is {Digest([4, 3, 2, 1])} instead of {Digest(Content)}; delete it and build again, or take it from the package " +
            "Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1.",
            error.Message);
    }

    [Fact]
    public void OfThisApplication_TheFileThatTheBuildPutThere_IsWhole() =>
        Assert.Equal(
            Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx"),
            PackagedWeights.OfThisApplication().Find(PublishedWeightsCatalog.Find("resnet18_mlnet", "imagenet_mlnet")));

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private string Find() => new PackagedWeights(Application, Cache).Find(Entry);

    private static void Save(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
