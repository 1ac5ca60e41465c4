using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>
/// Times every way of scoring on the same images, in turns; for comparison also decoding alone and the session alone.
/// </summary>
/// <remarks>
/// Each way is opened in its first turn and stays open until its last, if memory allows; if not, it is opened for every turn. The first few
/// images of each turn are not counted; beside a GPU, which has to get ready, all images are scored once before the first turn counts.
/// Unreadable images are found first and left out, because ML.NET's own chain would stop at them.
/// </remarks>
/// <param name="model">A <c>model.zip</c> or <c>.onnx</c> file of this product.</param>
/// <param name="files">Image files.</param>
/// <param name="options">What is measured, and how often.</param>
internal sealed class ScoringBenchmark(string model, IReadOnlyList<string> files, ScoringBenchmarkOptions options)
{
    private const int WarmUpImagesPerThread = 4;

    // Five to seven sessions are open at once. Each takes the model's size up to twice, the stock chain's a third time.
    private const int MemoryOfAllPaths = 20;

    private readonly ImageScoringOptions _scoring = options.Scoring;

    /// <summary>Measures.</summary>
    /// <param name="progress">Receives the way whose turn begins, and the round, counted from 0; null for none.</param>
    /// <param name="cancellationToken">Stops after the current image, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ModelFileException">A model is missing, damaged, or not an image classifier.</exception>
    /// <exception cref="ImageDataException">No image can be read.</exception>
    /// <exception cref="DeviceUnavailableException">The requested device does not exist or does not start.</exception>
    public ScoringBenchmarkResult Run(IProgress<(string Path, int Round)>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var (metadata, device) = LookInto(model);
        foreach (var other in ((string?[])[options.Int8Model, options.Fp16Model]).OfType<string>())
        {
            if (LookInto(other).Metadata.ImageSize is var size && size != metadata.ImageSize)
            {
                throw new ModelFileException(
                    $"'{other}' takes images of {size} pixels and '{model}' of {metadata.ImageSize}; compare models of the same size.");
            }
        }

        var (images, unreadable, turned) = Readable(Sample(), metadata.ImageSize, cancellationToken);
        using var zip = new StockZip(model);
        var staysOpen = device.Kind != ComputeDeviceKind.Cpu || FitsOpen(model);
        var paths = Paths(zip.Path, metadata.ImageSize, device, images[0])
            .Select(path => new ScoringMeasurement(path.Name, path.Open, staysOpen)).ToList();
        var isPeakPerPath = TakeTurns(paths, device, images, progress, cancellationToken);
        ScoringPathResult[] results = [.. paths.Select(path => path.Result)];
        return new ScoringBenchmarkResult(
            metadata.Architecture, metadata.ImageSize, device.ToString(), _scoring.Pixels.ToString(), _scoring.Threads, images.Length,
            unreadable,
            turned, options.Rounds, isPeakPerPath, results, ScoringRatios.Of(results));
    }

    /// <summary>Measures all ways, and closes them.</summary>
    /// <returns>Whether each one's peak memory is its own.</returns>
    private bool TakeTurns(
        List<ScoringMeasurement> paths, ComputeDevice device, string[] images, IProgress<(string Path, int Round)>? progress,
        CancellationToken cancellationToken)
    {
        var warmUp = WarmUpImagesPerThread * _scoring.Threads;
        var firstWarmUp = device.Kind == ComputeDeviceKind.Cpu ? warmUp : images.Length;
        var isPeakPerPath = PeakMemory.TryForget();
        var idleMegabytes = PeakMemory.Megabytes;
        try
        {
            foreach (var (path, round) in Turns(paths, device))
            {
                progress?.Report((path.Name, round));
                isPeakPerPath &= path.Measure(images, firstWarmUp, warmUp, idleMegabytes, cancellationToken);
                if (round == options.Rounds - 1)
                {
                    path.Dispose();
                }
            }

            return isPeakPerPath;
        }
        finally
        {
            paths.ForEach(path => path.Dispose());
        }
    }

    /// <summary>
    /// Each way once in every round; on another device than the CPU, whose memory may not hold all sessions at once, all rounds of one way
    /// and then of the next.
    /// </summary>
    private IEnumerable<(ScoringMeasurement Path, int Round)> Turns(List<ScoringMeasurement> paths, ComputeDevice device)
    {
        var rounds = Enumerable.Range(0, options.Rounds);
        return device.Kind == ComputeDeviceKind.Cpu
            ? rounds.SelectMany(_ => paths, (round, path) => (path, round))
            : paths.SelectMany(_ => rounds, (path, round) => (path, round));
    }

    /// <summary>Whether all ways have room beside each other.</summary>
    private static bool FitsOpen(string model) =>
        new FileInfo(model).Length < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryOfAllPaths;

    private (ClassifierMetadata Metadata, ComputeDevice Device) LookInto(string path)
    {
        using var classifier = ImageClassifier.Load(path, _scoring);
        return (classifier.Metadata, classifier.Device);
    }

    private IEnumerable<(string Name, Func<ScoringPath> Open)> Paths(
        string zip, int imageSize, ComputeDevice device, string image)
    {
        yield return (ScoringPathName.Decode, () => new DecodePath(Reader(imageSize, _scoring.Pixels), _scoring.Threads));
        yield return (ScoringPathName.Session, () => new SessionPath(
            ClassifierSession.Open(model, _scoring.Device, _scoring.ThreadsPerBatch, _scoring.Logger), _scoring.CallsOn(device),
            _scoring.BatchSizeOn(device, imageSize), Reader(imageSize, _scoring.Pixels), image));
        yield return (ScoringPathName.Stock, () => ChainPath.Stock(zip, device, _scoring.Threads, sessionThreads: 1));
        if (_scoring.Threads >= Environment.ProcessorCount)
        {
            // By default its sessions use all cores, which is not comparable with fewer threads.
            yield return (ScoringPathName.StockDefault, () => ChainPath.Stock(zip, device, _scoring.Threads, sessionThreads: null));
        }

        yield return (ScoringPathName.Batched, () => ChainPath.Batched(zip, _scoring));
        yield return (ScoringPathName.Classifier, () => new ClassifierPath(ImageClassifier.Load(model, _scoring)));
        if (options.Int8Model is { } int8)
        {
            yield return (ScoringPathName.Int8, () => new ClassifierPath(ImageClassifier.Load(int8, _scoring)));
        }

        if (options.Fp16Model is { } fp16)
        {
            yield return (ScoringPathName.Fp16, () => new ClassifierPath(ImageClassifier.Load(fp16, _scoring)));
        }
    }

    private ImageReader Reader(int imageSize, PixelMode mode) =>
        new(imageSize, mode, _scoring.MaxPixels, _scoring.IgnoreOrientation);

    private string[] Sample()
    {
        var count = Math.Min(options.Images, files.Count);
        return [.. Enumerable.Range(0, count).Select(i => files[(int)((long)i * files.Count / count)])];
    }

    /// <summary>Reads every image in two ways: as requested, and as the stock chain does.</summary>
    private (string[] Images, int Unreadable, int Turned) Readable(string[] images, int imageSize, CancellationToken cancellationToken)
    {
        var reasons = new string?[images.Length];
        ImageReader[] readers = [.. Enum.GetValues<PixelMode>().Where(mode => mode == PixelMode.Exact || mode == _scoring.Pixels)
            .Select(mode => Reader(imageSize, mode))];
        Parallel.For(
            0, images.Length, new ParallelOptions { CancellationToken = cancellationToken }, () => new byte[readers[0].PixelBytes],
            (i, _, pixels) =>
        {
            foreach (var reader in readers)
            {
                reasons[i] ??= reader.TryRead(images[i], pixels, out var reason) ? null : reason;
            }

            return pixels;
        }, _ => { });
        string[] readable = [.. images.Where((_, i) => reasons[i] is null)];
        return readable.Length > 0
            ? (readable, images.Length - readable.Length, readers[0].TurnedImages)
            : throw new ImageDataException(images.Length == 0
                ? "There are no images to score."
                : $"None of the {images.Length} images can be read: {images[0]}, {reasons[0]}");
    }
}
