using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Files.Tensors;
using Trainers.Tests.Weights.Files;

namespace Trainers.Tests;

/// <summary>A training that is cut off and goes on ends where an uninterrupted one does.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TinyImages _images = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly RecordingLogger _logger = new();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("resnet20", 8)]
    [InlineData("efficientnet_b0", 32)]     // dropout and stochastic depth: noise goes on where it stopped
    public void Fit_CutOffInTheThirdEpoch_EndsWithTheSameWeights(string architecture, int imageSize)
    {
        var options = Options with { ImageSize = imageSize, Epochs = 4 };

        AssertSameAfterCutOff(architecture, options, TrainingPhase.Whole, epoch: 3);
    }

    [Theory]
    [InlineData(TrainingOptimizer.AdamW, RateSchedule.Cosine, 0, 0, ClassBalance.None)]
    [InlineData(TrainingOptimizer.AdamW, RateSchedule.OneCycle, 0, 0, ClassBalance.None)]
    [InlineData(TrainingOptimizer.Sgd, RateSchedule.OneCycle, 0, 0, ClassBalance.None)]
    [InlineData(TrainingOptimizer.Sgd, RateSchedule.Step, 0.999, 0, ClassBalance.None)]
    [InlineData(TrainingOptimizer.Sgd, RateSchedule.Cosine, 0, 0, ClassBalance.BalancedSampling)]
    [InlineData(TrainingOptimizer.AdamW, RateSchedule.OneCycle, 0.5, 1, ClassBalance.WeightedLoss)]
    public void Fit_EachRecipeCutOff_EndsWithTheSameWeights(
        TrainingOptimizer optimizer, RateSchedule schedule, double averageDecay, double maxGradientNorm, ClassBalance balance)
    {
        var options = Options with
        {
            Epochs = 4,
            Optimizer = optimizer,
            Schedule = schedule,
            AverageDecay = averageDecay,
            MaxGradientNorm = maxGradientNorm,
            ClassBalance = balance,
        };

        AssertSameAfterCutOff(TinyImages.Architecture, options, TrainingPhase.Whole, epoch: 3);
    }

    /// <summary>
    /// Nothing is validated, so no epoch's weights are kept: the model gets the average that the checkpoint brought along.
    /// </summary>
    [Fact]
    public void Fit_AverageOfAFinishedTraining_IsTheModelAgain()
    {
        var options = Options with { AverageDecay = 0.9, ValidationFraction = 0 };
        using var first = Fit(options);

        using var second = Fit(options with { Resume = true });
        using var last = Fit(options with { AverageDecay = 0, CheckpointPath = null });

        Assert.Equal(Weights(first), Weights(second));
        Assert.NotEqual(Weights(first), Weights(last));
    }

    [Theory]
    [InlineData(TrainingPhase.Head, 2)]
    [InlineData(TrainingPhase.FineTuning, 1)]   // nothing of this phase is saved yet: the head's last epoch is gone on from
    [InlineData(TrainingPhase.FineTuning, 3)]
    public void Fit_TwoPhasesCutOff_EndsWithTheSameWeights(TrainingPhase phase, int epoch)
    {
        var options = Options with { Weights = Pretrained(), HeadEpochs = 3, Epochs = 3, ReplaceHead = true };

        AssertSameAfterCutOff(TinyImages.Architecture, options, phase, epoch);
    }

    [Fact]
    public void Fit_ResumeOfAFinishedTraining_GivesItsModelAtOnce()
    {
        var progress = new RecordingProgress();
        using var first = Fit(Options);

        using var second = Fit(Options with { Resume = true, Progress = progress });

        Assert.Empty(progress.Reports);
        Assert.Equal(Weights(first), Weights(second));
        Assert.Equal(first.History, second.History);
    }

    /// <summary>The progress of a step reports what libtorch would throw in it.</summary>
    [Fact]
    public void Fit_OutOfMemoryInTheThirdEpoch_KeepsTheSecondAndGoesOn()
    {
        var options = Options with { Epochs = 3 };
        var full = new RecordingProgress(report =>
        {
            if (report.Epoch == 3)
            {
                throw new ExternalException("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.19 GiB.");
            }
        });

        var error = Assert.Throws<ImageClassificationException>(() => Fit(options with { Progress = full }));
        using var resumed = Fit(options with { Resume = true });
        using var whole = Fit(options with { CheckpointPath = null });

        Assert.Equal(
            "cpu lacks memory for batches of 4 (asked for 20.00 MiB): set BatchSize to 2, or close other programs that use it. The " +
            $"checkpoint '{CheckpointPath}' holds the last complete epoch; it goes on with a BatchSize of 4 only.",
            error.Message);
        Assert.Contains(_logger.Lines, line => line.Message == "Resumed after epoch 2.");
        Assert.Equal(Weights(whole), Weights(resumed));
    }

    [Fact]
    public void Fit_FaultInTheFirstEpoch_SpeaksOfNoCheckpoint()
    {
        File.WriteAllText(CheckpointPath, "of another training");
        var faulty = new RecordingProgress(_ => throw new ExternalException("CUDA error: unspecified launch failure"));

        var error = Assert.Throws<ImageClassificationException>(() => Fit(Options with { Progress = faulty }));

        Assert.Equal("libtorch gave up on cpu (CUDA error: unspecified launch failure); please report it.", error.Message);
        Assert.Equal("of another training", File.ReadAllText(CheckpointPath));
    }

    [Fact]
    public void Fit_ResumeWithoutAFile_StartsFromTheBeginning()
    {
        using var model = Fit(Options with { Resume = true });

        Assert.Equal([1, 2], model.History.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void Fit_ResumeWithOtherOptions_NamesTheDifference()
    {
        using var model = Fit(Options);

        var error = Assert.Throws<ImageClassificationException>(() => Fit(Options with { Resume = true, BatchSize = 3 }));

        Assert.Contains("BatchSize was 4, now it is 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ResumeWithAnotherMean_NamesTheDifference()
    {
        using var model = Fit(Options);

        var error = Assert.Throws<ImageClassificationException>(() => Fit(Options with { Resume = true, Mean = [0.5f, 0.5f, 0.5f] }));

        Assert.Contains(
            "the mean and the standard deviation of pixels was 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225, now it is 0.5, 0.5, 0.5 and " +
            "0.229, 0.224, 0.225",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ResumeOfAnotherArchitecture_NamesTheDifference()
    {
        using var model = Fit(Options);

        var error = Assert.Throws<ImageClassificationException>(
            () => _images.Classifier("resnet32", Options with { Resume = true }).Fit(_images.Labelled(TinyImages.Labels)));

        Assert.Contains("the architecture was resnet20, now it is resnet32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ResumeWithOtherImages_NamesTheDifference()
    {
        using var model = Fit(Options);

        var fewer = Assert.Throws<ImageClassificationException>(
            () => _images.Classifier(Options with { Resume = true }).Fit(_images.Labelled(TinyImages.Labels.Take(9).ToList())));
        var others = Assert.Throws<ImageClassificationException>(
            () => _images.Classifier(Options with { Resume = true })
                .Fit(_images.Labelled(TinyImages.Labels.Select(label => label + "s").ToList())));

        Assert.Contains("the number of training images was 9, now it is 6", fewer.Message, StringComparison.Ordinal);
        Assert.Contains(
            "the list of classes was tulip, rose, daisy, now it is tulips, roses, daisys", others.Message, StringComparison.Ordinal);
    }

    /// <summary>As many images with the same labels, one of them repainted.</summary>
    [Fact]
    public void Fit_ResumeWithAnImageChanged_NamesTheDifference()
    {
        using var model = Fit(Options);
        var rows = _images.Rows(TinyImages.Labels);
        _images.Files.AddImage("005.png", seed: 99);

        var error = Assert.Throws<ImageClassificationException>(
            () => _images.Classifier(Options with { Resume = true }).Fit(_images.View(rows)));

        Assert.Matches(
            "the digest of the (training|validation) images' pixels and labels was [0-9a-f]{16}, now it is [0-9a-f]{16}", error.Message);
    }

    [Fact]
    public void Fit_ResumeOfAnotherProductVersion_NamesTheDifference()
    {
        using var model = Fit(Options);
        var version = ClassifierMetadata.CurrentVersion;
        var file = File.ReadAllBytes(CheckpointPath);
        var entry = Encoding.UTF8.GetBytes($"the product version\\u0022:\\u0022{version}");
        var at = file.AsSpan().IndexOf(entry);
        Assert.True(at > 0);
        file[at + entry.Length - 1] = (byte)'7';
        File.WriteAllBytes(CheckpointPath, CheckpointFiles.WithNewDigest(file));

        var error = Assert.Throws<ImageClassificationException>(() => Fit(Options with { Resume = true }));

        Assert.Contains($"the product version was {version[..^1]}7, now it is {version}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_GarbageAsACheckpoint_IsRefused()
    {
        var garbage = new byte[10_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(CheckpointPath, garbage);

        var error = Assert.Throws<WeightsFileException>(() => Fit(Options with { Resume = true }));

        Assert.Contains(CheckpointPath, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Fit_DamagedFile_IsRefused(int length)
    {
        using var model = Fit(Options);
        using (var file = File.OpenWrite(CheckpointPath))
        {
            file.SetLength(length);
        }

        File.Delete(PreviousPath);
        var error = Assert.Throws<WeightsFileException>(() => Fit(Options with { Resume = true }));

        Assert.StartsWith($"The weights file '{CheckpointPath}' is ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            " There is no checkpoint before it to go back to: start without resuming.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A bit, a block of zeros, two blocks that changed places, a cut: training goes on from the epoch before.</summary>
    [Theory]
    [InlineData("bit")]
    [InlineData("zeros")]
    [InlineData("swap")]
    [InlineData("cut")]
    [InlineData("gone")]
    public void Fit_NewestIsDamaged_GoesBackAnEpochAndEndsTheSame(string damage)
    {
        using var whole = Fit(Options with { CheckpointPath = null });
        using (Fit(Options))
        {
        }

        Damage(damage);
        using var resumed = Fit(Options with { Resume = true });

        Assert.Equal(Weights(whole), Weights(resumed));
        var warning = Assert.Single(_logger.Lines, line => line.Level == LogLevel.Warning && line.Message.Contains(CheckpointPath));
        Assert.EndsWith($" The checkpoint of the epoch before is taken, '{PreviousPath}'.", warning.Message, StringComparison.Ordinal);
        Assert.Contains(
            damage switch { "cut" => "is damaged: ", "gone" => "There is no ", _ => "its content is not what was written" },
            warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_BothAreDamaged_SaysSo()
    {
        using (Fit(Options))
        {
        }

        File.Copy(CheckpointPath, PreviousPath, overwrite: true);
        Damage("bit");
        File.Copy(CheckpointPath, PreviousPath, overwrite: true);

        var error = Assert.Throws<WeightsFileException>(() => Fit(Options with { Resume = true }));

        Assert.Contains(" The checkpoint before it cannot be used either: The weights file '", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Start without resuming.", error.Message, StringComparison.Ordinal);
    }

    private void Damage(string damage)
    {
        var file = File.ReadAllBytes(CheckpointPath);
        var first = file.AsSpan(file.Length - 600, 200);
        var second = file.AsSpan(file.Length - 300, 200);
        switch (damage)
        {
            case "bit":
                first[0] ^= 1;
                break;
            case "zeros":
                first.Clear();
                break;
            case "swap":
                var kept = first.ToArray();
                second.CopyTo(first);
                kept.CopyTo(second);
                break;
            case "cut":
                file = file[..(file.Length / 2)];
                break;
            default:
                File.Delete(CheckpointPath);
                return;
        }

        File.WriteAllBytes(CheckpointPath, file);
    }

    [Fact]
    public void Fit_FileOfOtherWeights_IsRefused()
    {
        using var model = Fit(Options);
        model.SaveWeights(CheckpointPath);

        var error = Assert.Throws<WeightsFileException>(() => Fit(Options with { Resume = true }));

        Assert.Contains("not a checkpoint of a training", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_FileThatCannotBeWritten_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(CheckpointPath, "in the way"));

        var error = Record.Exception(() => Fit(Options));

        Assert.True(error is IOException or UnauthorizedAccessException, error?.ToString());
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void ImageClassifier_ResumeWithoutAPath_Throws() =>
        Assert.Throws<OptionOutOfRangeException>(() => _images.Classifier(TinyImages.Options with { Resume = true }));

    private string CheckpointPath => Path.Combine(_folder.FullName, "checkpoint.safetensors");

    private string PreviousPath => Path.Combine(_folder.FullName, "checkpoint.previous.safetensors");

    private ImageTrainingOptions Options => TinyImages.Options with
    {
        Epochs = 2,
        ValidationFraction = 0.25,
        CheckpointPath = CheckpointPath,
        Logger = _logger,
    };

    private void AssertSameAfterCutOff(string architecture, ImageTrainingOptions options, TrainingPhase phase, int epoch)
    {
        using var cancellation = new CancellationTokenSource();
        var cutOff = new RecordingProgress(report =>
        {
            if (report.Phase == phase && report.Epoch == epoch)
            {
                cancellation.Cancel();
            }
        });
        var view = _images.Labelled(TinyImages.Labels);
        using var whole = _images.Classifier(architecture, options with { CheckpointPath = null }).Fit(view);
        var (before, after) = (new RecordingEpochs(), new RecordingEpochs());

        Assert.ThrowsAny<OperationCanceledException>(
            () => _images.Classifier(architecture, options with
            {
                Progress = cutOff,
                EpochProgress = before,
                CancellationToken = cancellation.Token,
            }).Fit(view));
        using var resumed = _images.Classifier(architecture, options with { Resume = true, EpochProgress = after }).Fit(view);

        Assert.Contains(_logger.Lines, line => line.Message.StartsWith("Resumed after ", StringComparison.Ordinal));
        Assert.Equal(Weights(whole), Weights(resumed));
        Assert.Equal(
            whole.History.Select(e => (e.Phase, e.Epoch, e.Loss, e.ValidationAccuracy)),
            resumed.History.Select(e => (e.Phase, e.Epoch, e.Loss, e.ValidationAccuracy)));
        Assert.Equal(resumed.History, after.Epochs);
        Assert.Equal(resumed.History.Take(before.Epochs.Count), before.Epochs);
    }

    private ImageClassificationTransformer Fit(ImageTrainingOptions options) =>
        _images.Classifier(options).Fit(_images.Labelled(TinyImages.Labels));

    private string Pretrained()
    {
        var path = Path.Combine(_folder.FullName, "pretrained.safetensors");
        using var model = Fit(TinyImages.Options with { Seed = 5 });
        model.SaveWeights(path);
        return path;
    }

    /// <summary>All weights, without the header, which tells how long the training took.</summary>
    private byte[] Weights(ImageClassificationTransformer model)
    {
        var path = Path.Combine(_folder.FullName, "weights.safetensors");
        model.SaveWeights(path);
        var content = File.ReadAllBytes(path);
        File.Delete(path);
        return content[(sizeof(long) + (int)BitConverter.ToInt64(content))..];
    }
}
