using System.Buffers;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Scoring.Benchmark;

/// <summary>Reads images to pixels, on all threads, and drops them.</summary>
internal sealed class DecodePath(int imageSize, ImageScoringOptions options) : ScoringPath
{
    private readonly ImageReader _reader = options.Reader(imageSize);

    public override void Score(IReadOnlyList<string> images, CancellationToken cancellationToken) =>
        ParallelItems.ForEach(images.Count, options.Threads, image =>
        {
            var pixels = ArrayPool<byte>.Shared.Rent(_reader.PixelBytes);
            if (!_reader.TryRead(images[image], pixels.AsSpan(0, _reader.PixelBytes), out var reason))
            {
                throw new ImageDataException($"The image '{images[image]}' cannot be read: {reason}");
            }

            ArrayPool<byte>.Shared.Return(pixels);
        }, cancellationToken);

    public override void Dispose()
    {
    }
}
