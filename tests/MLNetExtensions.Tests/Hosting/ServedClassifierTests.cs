using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Hosting;
using TestImages;

namespace MLNetExtensions.Tests.Hosting;

public sealed class ServedClassifierTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly ImageClassifierServiceOptions _options;
    private CancellationTokenSource _change = new();

    public ServedClassifierTests()
    {
        _options = new ImageClassifierServiceOptions { ModelPath = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")) };
    }

    public void Dispose()
    {
        _change.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Constructor_MissingModel_Throws()
    {
        _options.ModelPath = Path.Combine(_files.Folder, "none.onnx");

        Assert.Throws<ModelFileException>(() => Serve());
    }

    [Fact]
    public void Change_FileThatRests_TakesOver()
    {
        using var served = Serve();
        TinyClassifier.WriteOnnx(_options.ModelPath, "rot", "grün", "blau");

        Change();
        Assert.Equal("red", served.Classifier.Labels[0]);
        _time.Advance(_options.ReloadDelay);

        Assert.Equal("rot", served.Classifier.Labels[0]);
        Assert.Null(served.Failure);
        Assert.Contains(_logger.Lines, line => line.Message.Contains("is loaded and in use: tiny, 3 classes.", StringComparison.Ordinal));
    }

    [Fact]
    public void Change_FileStillBeingWritten_IsWaitedFor()
    {
        using var served = Serve();
        var whole = Google.Protobuf.MessageExtensions.ToByteArray(TinyClassifier.Model("rot", "grün", "blau"));

        File.WriteAllBytes(_options.ModelPath, whole[..100]);
        Change();
        File.WriteAllBytes(_options.ModelPath, whole);
        _time.Advance(_options.ReloadDelay);
        Assert.Equal("red", served.Classifier.Labels[0]);
        _time.Advance(_options.ReloadDelay);

        Assert.Equal("rot", served.Classifier.Labels[0]);
        Assert.DoesNotContain(_logger.Lines, line => line.Level == LogLevel.Warning);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Change_BadOrMissingFile_KeepsTheOldModelUntilAGoodOneComes(bool exists)
    {
        using var served = Serve();
        var image = _files.AddImage("x.png", seed: 1);
        File.Delete(_options.ModelPath);
        if (exists)
        {
            File.WriteAllText(_options.ModelPath, "half a model");
        }

        Change();
        _time.Advance(_options.ReloadDelay);

        Assert.Equal("green", served.Classifier.Predict(image, TestContext.Current.CancellationToken).Label);
        Assert.Contains(_options.ModelPath, served.Failure, StringComparison.Ordinal);
        Assert.Contains(
            _logger.Lines, line =>
                line.Level == LogLevel.Warning && line.Message.Contains("the previous model stays in use", StringComparison.Ordinal));

        TinyClassifier.WriteOnnx(_options.ModelPath, "rot", "grün", "blau");
        Change();
        _time.Advance(_options.ReloadDelay);

        Assert.Null(served.Failure);
        Assert.Equal("rot", served.Classifier.Labels[0]);
    }

    [Fact]
    public void Change_ModelWhoseScoresAreNoNumbers_KeepsTheOldModel()
    {
        using var served = Serve();
        var model = TinyClassifier.Model("rot", "grün", "blau");
        FaultyModels.All["NaN weight"].Make(model);
        File.WriteAllBytes(_options.ModelPath, Google.Protobuf.MessageExtensions.ToByteArray(model));

        Change();
        _time.Advance(_options.ReloadDelay);

        Assert.Equal("red", served.Classifier.Labels[0]);
        Assert.Contains("gives scores of a grey image that are NaN or infinite", served.Failure, StringComparison.Ordinal);
    }

    /// <summary>An exception on a timer's thread would end the process.</summary>
    [Fact]
    public void Change_NoMemoryForTheNewModel_KeepsTheOldModelUntilThereIs()
    {
        var lacksMemory = false;
        _options.Scoring = _options.Scoring with { Logger = new HookedLogger(() => lacksMemory ? throw new OutOfMemoryException() : 0) };
        using var served = Serve();
        TinyClassifier.WriteOnnx(_options.ModelPath, "rot", "grün", "blau");

        lacksMemory = true;
        Change();
        _time.Advance(_options.ReloadDelay);

        Assert.Equal("red", served.Classifier.Labels[0]);
        Assert.Equal("There is not enough memory for it beside the model in use.", served.Failure);
        Assert.Contains(_logger.Lines, line => line.Level == LogLevel.Warning && line.Message.EndsWith(
            "the previous model stays in use. There is not enough memory for it beside the model in use.", StringComparison.Ordinal));

        lacksMemory = false;
        Change();
        _time.Advance(_options.ReloadDelay);

        Assert.Equal("rot", served.Classifier.Labels[0]);
        Assert.Null(served.Failure);
    }

    /// <summary>Every one of a thousand requests, during fifty reloads, is answered by one model or the other.</summary>
    [Fact]
    public async Task Change_AgainAndAgainUnderLoad_LosesNoRequest()
    {
        using var served = Serve();
        var image = await File.ReadAllBytesAsync(_files.AddImage("x.png", seed: 1), TestContext.Current.CancellationToken);
        var requests = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 250)
            .Select(_ => served.Classifier.Predict(image, TestContext.Current.CancellationToken).Label).ToList())).ToList();

        for (var i = 0; i < 50; i++)
        {
            TinyClassifier.WriteOnnx(_options.ModelPath, i % 2 == 0 ? ["rot", "grün", "blau"] : ["red", "green", "blue"]);
            Change();
            _time.Advance(_options.ReloadDelay);
            _time.Advance(_options.ReloadDelay);
        }

        Assert.All((await Task.WhenAll(requests)).SelectMany(labels => labels), label => Assert.True(label is "green" or "grün"));
        Assert.Null(served.Failure);
    }

    [Fact]
    public void Dispose_WithAChangeUnderWay_LoadsNoMore()
    {
        var served = Serve();
        TinyClassifier.WriteOnnx(_options.ModelPath, "rot", "grün", "blau");
        Change();

        served.Dispose();
        _time.Advance(_options.ReloadDelay);

        Assert.DoesNotContain(_logger.Lines, line => line.Message.Contains("is loaded and in use", StringComparison.Ordinal));
    }

    /// <summary>The file system really polled: takes as long as two looks at the file are apart, four seconds.</summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Load")]
    public async Task Change_OnDisk_IsNoticed()
    {
        _options.ReloadDelay = TimeSpan.FromMilliseconds(50);
        using var served = new ServedClassifier("", _options, _logger, TimeProvider.System);
        TinyClassifier.WriteOnnx(_options.ModelPath, "rot", "grün", "blau");

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (served.Classifier.Labels[0] != "rot")
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    private ServedClassifier Serve() => new("", _options, _logger, _time, changes: () => new CancellationChangeToken(_change.Token));

    private void Change()
    {
        var fired = _change;
        _change = new CancellationTokenSource();
        fired.Cancel();
        fired.Dispose();
    }

    /// <summary>Is asked to log while a model is loaded, and does something else.</summary>
    private sealed class HookedLogger(Func<int> hook) : ILogger
    {
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => hook();

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
