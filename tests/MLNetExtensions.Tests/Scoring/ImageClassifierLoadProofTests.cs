using System.Diagnostics;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>Many threads on one classifier: the answers are those it gives alone, and memory stays flat.</summary>
public sealed class ImageClassifierLoadProofTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Predict_SixteenThreads_GiveTheAnswersOfOne()
    {
        using var classifier = Load();

        Assert.Equal(0, CountWrong(classifier, threads: 16, predictions: 500));
    }

    /// <summary>
    /// Once a tenth of the work is done, the process may grow by 16 MB more: what allocator and collector move about. A leak of 200 bytes a
    /// prediction would show.
    /// </summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Load")]
    public void Predict_HundredThreadsAndAHundredThousandImages_KeepMemoryFlat()
    {
        const long Tolerance = 16L << 20;
        using var classifier = Load();
        var wrong = CountWrong(classifier, threads: 100, predictions: 100);
        var warm = ResidentBytes();

        wrong += CountWrong(classifier, threads: 100, predictions: 900);

        var grown = ResidentBytes() - warm;
        TestContext.Current.SendDiagnosticMessage($"Resident after 10,000: {warm >> 20} MB; after 100,000: {grown >> 10} KB more.");
        Assert.Equal(0, wrong);
        Assert.True(grown < Tolerance, $"Resident memory grew by {grown >> 10} KB.");
    }

    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private ImageClassifier Load() => ImageClassifier.Load(TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")));

    private int CountWrong(ImageClassifier classifier, int threads, int predictions)
    {
        var images = Enumerable.Range(0, 7).Select(i => _files.AddImage($"{i}.png", seed: i, width: 10 + (9 * i), height: 40)).ToArray();
        var alone = images.Select(image => classifier.Predict(image, default).Scores.ToArray()).ToArray();
        var wrong = 0;

        var all = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            for (var i = 0; i < predictions; i++)
            {
                var image = (t + i) % images.Length;
                if (!classifier.Predict(images[image], default).Scores.SequenceEqual(alone[image]))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        return wrong;
    }
}
