namespace Integration.Tests;

/// <summary>MLVISION_LIBTORCH: trains with a libtorch that is not beside the application, and refuses one that does not fit.</summary>
public sealed class OtherLibtorchTests(MovedLibtorch moved) : IClassFixture<MovedLibtorch>, IDisposable
{
    private const string Variable = "MLVISION_LIBTORCH";

    private readonly SmallImageFolder _place = new(4, "bag", "coat");

    public void Dispose() => _place.Dispose();

    /// <summary>With a libtorch beside the application, a second one in the process would end it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_LibtorchElsewhere_TrainsWithIt(bool hasItsOwn)
    {
        Assert.SkipUnless(MovedLibtorch.IsPossible, "The folders are made of links.");
        var output = _place.Beside("out");

        var run = await AppProcess.Run(
            hasItsOwn ? Places.CommandLine : moved.BareCommandLine,
            [
                "train", "--data", _place.Data, "--arch", "resnet20", "--image-size", "16", "--epochs", "1", "--device", "cpu",
                "--out", output,
            ],
            new Dictionary<string, string> { [Variable] = moved.Folder });

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains(
            $"Computing with the libtorch 2.10.0 in '{moved.Folder}', which MLVISION_LIBTORCH names.", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(output, "model.zip")));
    }

    [Fact]
    public async Task Models_NoLibtorchAnywhere_NamesBothRemedies()
    {
        Assert.SkipUnless(MovedLibtorch.IsPossible, "The folders are made of links.");

        var sentence = await Refusal("");

        Assert.EndsWith(
            " Add a reference to the package 'libtorch-cpu-linux-x64', or name another libtorch's folder in MLVISION_LIBTORCH.", sentence,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_FolderThatIsNotThere_IsOneSentence()
    {
        Assert.SkipUnless(MovedLibtorch.IsPossible, "The folders are made of links.");

        var sentence = await Refusal(_place.Beside("nowhere"));

        Assert.StartsWith(
            $"MLVISION_LIBTORCH is '{_place.Beside("nowhere")}', which is no folder: ", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_FolderAboveTheLibraries_NamesTheRightOne()
    {
        Assert.SkipUnless(MovedLibtorch.IsPossible, "The folders are made of links.");

        var sentence = await Refusal(Path.GetDirectoryName(moved.Folder)!);

        Assert.EndsWith($": name '{moved.Folder}'.", sentence, StringComparison.Ordinal);
    }

    /// <summary>Another library under the names of libtorch's stands for one from before it told its version.</summary>
    [Fact]
    public async Task Models_LibrariesThatTellNoVersion_AreRefused()
    {
        Assert.SkipUnless(MovedLibtorch.IsPossible, "The folders are made of links.");
        var folder = Directory.CreateDirectory(_place.Beside("old")).FullName;
        foreach (var name in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"])
        {
            File.Copy(Path.Combine(moved.Folder, "libc10.so"), Path.Combine(folder, name));
        }

        Assert.Equal(
            $"The libtorch in '{folder}', which MLVISION_LIBTORCH names, does not say its version, as older ones do not: name one of " +
            "2.10 or of a newer 2.x.",
            await Refusal(folder));
    }

    [Fact]
    public async Task Models_LibrariesThatDoNotLoad_SayWhy()
    {
        Assert.SkipUnless(MovedLibtorch.IsPossible, "The folders are made of links.");
        var folder = Directory.CreateDirectory(_place.Beside("damaged")).FullName;
        foreach (var name in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"])
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), "no library", TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            $"The libtorch in '{folder}', which MLVISION_LIBTORCH names, does not load ({folder}/libc10.so: file too short): what it " +
            "needs, such as CUDA's libraries, must be where the system looks for libraries.",
            await Refusal(folder));
    }

    /// <summary>The sentence of a command that needs libtorch.</summary>
    private async Task<string> Refusal(string folder)
    {
        var run = await AppProcess.Run(
            moved.BareCommandLine, ["models"], new Dictionary<string, string> { [Variable] = folder });

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        return Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
