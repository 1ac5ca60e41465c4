using MLVision.Cli.Commands;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Commands;

/// <summary>Which rows of a manifest a command takes.</summary>
public sealed class LabeledDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeled-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ReadToTrain_Split_LeavesTestOut()
    {
        var data = Write("image,label,split\n1.jpg,a,train\n2.jpg,a,validation\n3.jpg,a,test\n");

        var (images, validation) = LabeledData.ReadToTrain(data, validation: null, TestContext.Current.CancellationToken);

        Assert.Equal(["1.jpg"], images.Select(image => Path.GetFileName(image.ImagePath)));
        Assert.Equal(["2.jpg"], validation!.Select(image => Path.GetFileName(image.ImagePath)));
    }

    [Fact]
    public void ReadToTrain_NoSplit_HoldsOutAsUsual()
    {
        var data = Write("image,label\n1.jpg,a\n2.jpg,a\n");

        var (images, validation) = LabeledData.ReadToTrain(data, validation: null, TestContext.Current.CancellationToken);

        Assert.Equal(2, images.Count);
        Assert.Null(validation);
    }

    [Fact]
    public void ReadToTrain_ValidationTwice_IsRefused()
    {
        var data = Write("image,label,split\n1.jpg,a,train\n2.jpg,a,validation\n");

        var error = Assert.Throws<ImageDataException>(
            () => LabeledData.ReadToTrain(data, validation: data, TestContext.Current.CancellationToken));

        Assert.EndsWith("and --validation is given, too: use one of them.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadToLearn_NoTrainRows_IsRefused()
    {
        var data = Write("image,label,split\n1.jpg,a,test\n");

        var error = Assert.Throws<ImageDataException>(() => LabeledData.ReadToLearn(data));

        Assert.Equal($"The manifest '{data}' has no row of the split 'train'.", error.Message);
    }

    [Theory]
    [InlineData("1.jpg,a,train\n2.jpg,a,validation\n3.jpg,a,test\n", "3.jpg")]
    [InlineData("1.jpg,a,train\n2.jpg,a,validation\n", "2.jpg")]
    [InlineData("1.jpg,a,train\n", "1.jpg")]
    public void ReadToMeasure_Split_TakesWhatWasNotLearned(string rows, string image)
    {
        var images = LabeledData.ReadToMeasure(Write("image,label,split\n" + rows));

        Assert.Equal([image], images.Select(taken => Path.GetFileName(taken.ImagePath)));
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "m.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
