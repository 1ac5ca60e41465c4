using MLVision.MLNetExtensions.Files;
using MLVision.Trainers;
using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using static TorchSharp.torch;

namespace Trainers.Tests;

/// <summary>What <see cref="ImageClassificationEstimator.Fit(Microsoft.ML.IDataView)"/> leaves behind in the process.</summary>
[Collection(ProcessState.Name)]
public sealed class ImageClassificationEstimatorProcessTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_GradMode_StaysAsItWas(bool enabled)
    {
        using var mode = set_grad_enabled(enabled);

        using var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal(enabled, is_grad_enabled());
    }

    [Fact]
    public void Fit_GradModeOff_LearnsAllTheSame()
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var expected = _images.Classifier().Fit(view);
        using var untracked = no_grad();

        using var model = _images.Classifier().Fit(view);

        Assert.Equal(TinyImages.Scores(expected, view), TinyImages.Scores(model, view));
    }

    [Fact]
    public void Fit_DefaultTypeAndThreads_StayAsTheyWere()
    {
        var before = (get_default_dtype(), get_num_threads());

        using var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));

        Assert.Equal(before, (get_default_dtype(), get_num_threads()));
    }

    [Fact]
    public void Fit_EverythingElseThatIsShared_StaysAsItWas()
    {
        var before = Shared();

        using var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));
        _images.Classifier().FindLearningRate(_images.Labelled(TinyImages.Labels), new LearningRateSweepOptions { Steps = 10 });

        Assert.Equal(before, Shared());
    }

    /// <summary>Global settings of torch, of the process and of the thread, as text.</summary>
    private static string[] Shared() =>
    [
        $"seed {initial_seed()}",
        $"threads between operations {get_num_interop_threads()}",
        $"grad {is_grad_enabled()}, inference {is_inference_mode_enabled()}",
        $"TF32 {backends.cuda.matmul.allow_tf32}, {backends.cudnn.allow_tf32}",
        $"folder {Environment.CurrentDirectory}",
        $"culture {System.Globalization.CultureInfo.CurrentCulture.Name}, priority {Thread.CurrentThread.Priority}",
        $"console {Console.Out.GetHashCode()} {Console.Error.GetHashCode()} {Console.OutputEncoding.WebName}",
        .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Fit_GlobalRandomNumbers_GoOnAsIfItHadNotBeen()
    {
        manual_seed(7);
        using var expected = rand(4);
        manual_seed(7);

        using var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));

        using var drawn = rand(4);
        Assert.Equal(expected.data<float>().ToArray(), drawn.data<float>().ToArray());
    }

    [Fact]
    public void Fit_GlobalRandomNumbers_DoNotDecideTheScores()
    {
        var view = _images.Labelled(TinyImages.Labels);
        manual_seed(7);
        using var first = _images.Classifier().Fit(view);
        manual_seed(8);

        using var second = _images.Classifier().Fit(view);

        Assert.Equal(TinyImages.Scores(first, view), TinyImages.Scores(second, view));
    }

    [Fact]
    public void Fit_Done_LeavesNoTensors()
    {
        var view = _images.Labelled(TinyImages.Labels);
        var before = CountTensors();

        using var model = _images.Classifier(TinyImages.Options with { ValidationFraction = 0.25 }).Fit(view);

        var after = Tensor.TotalCount;
        Assert.Equal(CountedForANetwork(), after - before);
    }

    [Fact]
    public void Fit_CancelledBefore_ThrowsAndLeavesNothing()
    {
        using var temporary = new PrivateTemporaryFolder();
        var view = _images.Labelled(TinyImages.Labels);
        var before = CountTensors();
        var options = TinyImages.Options with { CancellationToken = new CancellationToken(canceled: true) };

        Assert.ThrowsAny<OperationCanceledException>(() => _images.Classifier(options).Fit(view));

        Assert.Empty(temporary.ProductFolders);
        var after = Tensor.TotalCount;
        Assert.Equal(CountedForANetwork(), after - before);
    }

    [Fact]
    public void Fit_CancelledInMidEpoch_StopsAtTheNextStepAndLeavesNothing()
    {
        using var temporary = new PrivateTemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var view = _images.Labelled(TinyImages.Labels);
        var before = CountTensors();
        var progress = new RecordingProgress(_ => cancellation.Cancel());
        var options = TinyImages.Options with { Epochs = 100, Progress = progress, CancellationToken = cancellation.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => _images.Classifier(options).Fit(view));

        Assert.Equal([(1, 1)], progress.Reports.Select(report => (report.Epoch, report.Step)));
        Assert.Empty(temporary.ProductFolders);
        var after = Tensor.TotalCount;
        Assert.Equal(CountedForANetwork(), after - before);
    }

    /// <summary>The last step is followed by validation, the last line of the log by the export.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("The model has the weights of ")]
    public void Fit_CancelledInValidationOrBeforeTheExport_Stops(string line)
    {
        using var temporary = new PrivateTemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var steps = new RecordingProgress(report =>
        {
            if (line.Length == 0 && report.Step == report.Steps)
            {
                cancellation.Cancel();
            }
        });
        var logger = new RecordingLogger(text =>
        {
            if (line.Length > 0 && text.StartsWith(line, StringComparison.Ordinal))
            {
                cancellation.Cancel();
            }
        });
        var options = TinyImages.Options with
        {
            ValidationFraction = 0.25,
            Progress = steps,
            Logger = logger,
            CancellationToken = cancellation.Token,
        };

        Assert.ThrowsAny<OperationCanceledException>(() => _images.Classifier(options).Fit(_images.Labelled(TinyImages.Labels)));

        Assert.Equal(line.Length == 0, !logger.Lines.Any(entry => entry.Message.StartsWith("Epoch 1/1", StringComparison.Ordinal)));
        Assert.Empty(temporary.ProductFolders);
    }

    [Fact]
    public void Fit_ErrorInTheCallersProgress_ReachesTheCallerAndLeavesNothing()
    {
        using var temporary = new PrivateTemporaryFolder();
        var view = _images.Labelled(TinyImages.Labels);
        var before = CountTensors();
        var progress = new RecordingProgress(_ => throw new InvalidOperationException("the caller's"));

        var error = Assert.Throws<InvalidOperationException>(
            () => _images.Classifier(TinyImages.Options with { Progress = progress }).Fit(view));

        Assert.Equal("the caller's", error.Message);
        Assert.Empty(temporary.ProductFolders);
        var after = Tensor.TotalCount;
        Assert.Equal(CountedForANetwork(), after - before);
    }

    [Fact]
    public void Fit_PixelsInAFile_CancelledInMidEpoch_LeavesNothing()
    {
        using var temporary = new PrivateTemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var view = _images.Labelled(TinyImages.Labels);
        var progress = new RecordingProgress(_ => cancellation.Cancel());
        var options = TinyImages.Options with { PixelMemoryMegabytes = 0, Progress = progress, CancellationToken = cancellation.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => _images.Classifier(options).Fit(view));

        Assert.Empty(temporary.ProductFolders);
    }

    [Fact]
    public void Fit_PixelsInAFile_NamesTheTemporaryFolder()
    {
        using var temporary = new PrivateTemporaryFolder();
        var logger = new RecordingLogger();
        var options = TinyImages.Options with { PixelMemoryMegabytes = 0, Logger = logger };

        using var model = _images.Classifier(options).Fit(_images.Labelled(TinyImages.Labels));

        Assert.Contains(logger.Lines, line => line.Message == $"12 images, 2.3 kB of pixels in a file under {temporary.Path}.");
    }

    [Fact]
    public void Fit_FolderOfAKilledProcess_IsRemoved()
    {
        using var temporary = new PrivateTemporaryFolder();
        var leftover = Directory.CreateTempSubdirectory(TemporaryFolder.Prefix).FullName;
        FolderClaim.Take(leftover)!.Dispose();
        File.SetLastWriteTimeUtc(Path.Combine(leftover, FolderClaim.FileName), DateTime.UtcNow - TimeSpan.FromHours(1));

        using var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));

        Assert.DoesNotContain(leftover, temporary.ProductFolders);
    }

    [Fact]
    public void GetOutputSchema_Done_LeavesNoFolder()
    {
        using var temporary = new PrivateTemporaryFolder();
        var shape = TestImages.SchemaShapes.Of(_images.Labelled(TinyImages.Labels).Schema);

        _images.Classifier().GetOutputSchema(shape);

        Assert.Empty(temporary.ProductFolders);
    }

    [Fact]
    public void Dispose_FittedTransformer_DeletesItsFolder()
    {
        using var temporary = new PrivateTemporaryFolder();
        var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));
        Assert.Single(temporary.ProductFolders);

        model.Dispose();

        Assert.Empty(temporary.ProductFolders);
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var model = _images.Classifier().Fit(_images.Labelled(TinyImages.Labels));
        model.Dispose();

        var error = Record.Exception(model.Dispose);

        Assert.Null(error);
    }

    private static long CountTensors()
    {
        // Finalizers of other tests' tensors would lower the count under the test's hands.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    /// <summary>
    /// What checking the image size, building and disposing of a network add to the count: TorchSharp counts a parameter and the tensor
    /// it takes over as two, and parameters are made once to look at shapes, once without memory and once with it.
    /// </summary>
    private static long CountedForANetwork()
    {
        var before = Tensor.TotalCount;
        var architecture = ImageModels.Get(TinyImages.Architecture);
        architecture.RequireImageSize(TinyImages.Size);
        architecture.Build(classes: 3).Dispose();
        var counted = Tensor.TotalCount - before;
        Assert.Equal(3 * 59, counted);    // 19 convolutions, 19 batch norms with two parameters each, one linear layer with two
        return counted;
    }
}
