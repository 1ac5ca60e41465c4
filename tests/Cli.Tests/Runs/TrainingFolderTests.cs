using MLVision.Cli.Runs;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Runs;

/// <summary>What is said of a folder before a training writes to it.</summary>
public sealed class TrainingFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory();

    private string Output => Path.Combine(_root.FullName, "runs", "out");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Dispose_NothingWritten_LeavesNoFolder()
    {
        TrainingFolder.Open(Output, resume: false, overwrite: false).Dispose();

        Assert.Empty(_root.GetFileSystemInfos());
    }

    [Fact]
    public void Dispose_FolderThatWasThere_Stays()
    {
        Directory.CreateDirectory(Output);

        TrainingFolder.Open(Output, resume: false, overwrite: false).Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(Output));
    }

    [Fact]
    public void Open_Model_IsRefusedAndKept()
    {
        Hold("model.zip", "report.html");

        Assert.Equal(
            $"The output folder '{Output}' holds model.zip and report.html, which this training would replace: choose another folder, or "
            + "add --overwrite.",
            Refusal(resume: false, overwrite: false));
        Assert.Equal(["model.zip", "report.html"], Names());
    }

    [Fact]
    public void Open_OtherFiles_AreLeftAlone()
    {
        Hold("notes.txt", "holiday.jpg");

        using (var folder = TrainingFolder.Open(Output, resume: false, overwrite: false))
        {
            folder.Complete();
        }

        Assert.Equal(["holiday.jpg", "notes.txt"], Names());
    }

    [Fact]
    public void Open_Checkpoint_NamesBothWaysOn()
    {
        Hold(TrainingFolder.CheckpointName);

        Assert.Equal(
            $"The output folder '{Output}' holds the checkpoint of an interrupted training: --resume goes on with it, --overwrite begins "
            + "anew.",
            Refusal(resume: false, overwrite: false));
    }

    /// <summary>As a process leaves it that is killed between two renames, or whose newest checkpoint somebody removed.</summary>
    [Fact]
    public void Open_CheckpointBeforeAlone_IsOneToo()
    {
        Hold(TrainingFolder.PreviousName);

        Assert.Contains(
            "holds the checkpoint of an interrupted training", Refusal(resume: false, overwrite: false), StringComparison.Ordinal);
        TrainingFolder.Open(Output, resume: true, overwrite: false).Dispose();
    }

    [Fact]
    public void Complete_BothCheckpoints_AreRemoved()
    {
        Hold(TrainingFolder.CheckpointName, TrainingFolder.PreviousName);

        using (var folder = TrainingFolder.Open(Output, resume: true, overwrite: false))
        {
            folder.Complete();
        }

        Assert.Empty(Names());
    }

    [Fact]
    public void Open_ResumeWithoutACheckpoint_SaysSoAndLeavesNoFolder()
    {
        Assert.Equal(
            $"There is no checkpoint in '{Output}' to resume: leave --resume out to begin. The first is written after an epoch.",
            Refusal(resume: true, overwrite: false));
        Assert.Empty(_root.GetFileSystemInfos());
    }

    [Fact]
    public void Open_ResumeAfterTheEnd_NamesTheModelToGoOnFrom()
    {
        Hold("model.zip", "model.onnx");

        var refusal = Refusal(resume: true, overwrite: false);

        Assert.StartsWith($"The training in '{Output}' has ended and cannot be resumed", refusal, StringComparison.Ordinal);
        Assert.EndsWith(
            $"by --weights {Path.Combine(Output, "model.zip")} and another folder by --out.", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Open_CheckpointAndItsFlag_IsTaken(bool resume, bool overwrite)
    {
        Hold(TrainingFolder.CheckpointName, "model.zip");

        using var folder = TrainingFolder.Open(Output, resume, overwrite);

        Assert.True(File.Exists(folder.Checkpoint));
    }

    [Fact]
    public void Open_WhileAnotherTrainingRuns_IsRefusedUntilItEnds()
    {
        using (TrainingFolder.Open(Output, resume: false, overwrite: false))
        {
            Assert.Equal(
                $"Another training writes to '{Output}': wait for its end, or choose another folder.",
                Refusal(resume: false, overwrite: true));
        }

        TrainingFolder.Open(Output, resume: false, overwrite: false).Dispose();
    }

    /// <summary>A process that was killed leaves the file, and no hold on it.</summary>
    [Fact]
    public void Open_LockOfAKilledTraining_IsTaken()
    {
        Hold(TrainingFolder.LockName);

        TrainingFolder.Open(Output, resume: false, overwrite: false).Dispose();

        Assert.Empty(Names());
    }

    [Fact]
    public void Complete_AfterOverwrite_RemovesWhatWasNotWrittenAnew()
    {
        Hold("model.zip", "classes.safetensors", TrainingFolder.CheckpointName);

        using (var folder = TrainingFolder.Open(Output, resume: false, overwrite: true))
        {
            folder.Write("model.zip", path => File.WriteAllText(path, "new"));
            folder.Complete();
        }

        Assert.Equal(["model.zip"], Names());
    }

    private string Refusal(bool resume, bool overwrite) =>
        Assert.Throws<ImageClassificationException>(() => TrainingFolder.Open(Output, resume, overwrite)).Message;

    private void Hold(params string[] names)
    {
        Directory.CreateDirectory(Output);
        foreach (var name in names)
        {
            File.WriteAllText(Path.Combine(Output, name), "old");
        }
    }

    private IEnumerable<string?> Names() => Directory.GetFiles(Output).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
