using System.Collections.Concurrent;
using System.Numerics.Tensors;
using MLVision.MLNetExtensions.Threads;
using MLVision.MLNetExtensions.Words;

namespace MLVision.MLNetExtensions.Quantization.Calibration;

/// <summary>Finds the ranges of a model's activations on a sample of images.</summary>
/// <remarks>
/// A first pass finds the smallest and the largest value of every tensor. Percentile and entropy make a second pass, which counts values in
/// histograms of those ranges, so memory does not grow with the number of images. Every range is widened to include 0, because int8 must
/// express 0 exactly: padding is 0.
/// </remarks>
/// <param name="images">The images.</param>
/// <param name="sample">The indices of the images to read.</param>
/// <param name="threads">Images read at the same time; fewer if the session allows fewer.</param>
/// <param name="cancellationToken">Stops before the next image.</param>
internal sealed class Calibrator(LabeledPixels images, IReadOnlyList<int> sample, int threads, CancellationToken cancellationToken)
{
    /// <summary>How a tensor's range is chosen; all values by default.</summary>
    public CalibrationMethod Method { get; init; }

    /// <summary>Percent of the values within a range, for <see cref="CalibrationMethod.Percentile"/>.</summary>
    public double Percentile { get; init; } = 100;

    /// <summary>Number of images that could be read; known after <see cref="Calibrate"/>.</summary>
    public int Images { get; private set; }

    /// <summary>Finds the range of each tensor.</summary>
    /// <exception cref="ModelFileException">A tensor has values that are not finite.</exception>
    /// <exception cref="ImageDataException">Too many images cannot be read.</exception>
    public IReadOnlyDictionary<string, ActivationRange> Calibrate(ActivationSession session, IReadOnlyList<string> tensors)
    {
        var ranges = MinMax(session, tensors);
        if (Method != CalibrationMethod.MinMax)
        {
            var histograms = Count(session, ranges);
            void Narrow(int tensor) => ranges[tensor] = Method == CalibrationMethod.Percentile
                ? PercentileRange.Of(histograms[tensor], Percentile)
                : EntropyRange.Of(histograms[tensor]);
            ParallelItems.ForEach(ranges.Length, threads, Narrow, cancellationToken);
        }

        return tensors.Zip(ranges).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private ActivationRange[] MinMax(ActivationSession session, IReadOnlyList<string> tensors)
    {
        var ranges = new ActivationRange[tensors.Count];
        var read = 0;
        ForEachImage(session, pixels =>
        {
            var ofImage = new ActivationRange[ranges.Length];
            session.Show(pixels, (tensor, values) => ofImage[tensor] = values.IsEmpty
                ? default
                : new ActivationRange(TensorPrimitives.Min(values), TensorPrimitives.Max(values)));
            lock (ranges)
            {
                read++;
                for (var tensor = 0; tensor < ranges.Length; tensor++)
                {
                    // The default range is just 0, so all ranges include 0. NaN stays NaN.
                    ranges[tensor] = new ActivationRange(
                        MathF.Min(ranges[tensor].Minimum, ofImage[tensor].Minimum),
                        MathF.Max(ranges[tensor].Maximum, ofImage[tensor].Maximum));
                }
            }
        });
        Images = read > 0 ? read : throw new ImageDataException(
            $"Of {Counted.Of(sample.Count, "image")} to calibrate on, none can be read.");
        return Array.FindIndex(ranges, range => !float.IsFinite(range.Minimum) || !float.IsFinite(range.Maximum)) is >= 0 and var bad
            ? throw new ModelFileException($"The model cannot be quantised: its tensor '{tensors[bad]}' has values that are not finite.")
            : ranges;
    }

    private ActivationHistogram[] Count(ActivationSession session, ActivationRange[] ranges)
    {
        // One set of histograms per concurrent image, so that threads do not wait for each other.
        var sets = new ConcurrentBag<ActivationHistogram[]>();
        ForEachImage(session, pixels =>
        {
            var set = sets.TryTake(out var idle) ? idle : [.. ranges.Select(range => new ActivationHistogram(range))];
            session.Show(pixels, (tensor, values) => set[tensor].Add(values));
            sets.Add(set);
        });
        return sets.Aggregate((sum, set) =>
        {
            foreach (var (histogram, other) in sum.Zip(set))
            {
                histogram.Add(other);
            }

            return sum;
        });
    }

    private void ForEachImage(ActivationSession session, Action<byte[]> show)
    {
        var concurrent = Math.Min(threads, session.ConcurrentImages);
        ParallelItems.ForEach(sample.Count, concurrent, Read, cancellationToken);

        void Read(int i)
        {
            var pixels = new byte[images.PixelBytes];
            if (images.TryRead(sample[i], pixels))
            {
                show(pixels);
            }
        }
    }
}
