using System.Buffers;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Reads images to pixels, on all threads, and drops them.</summary>
internal sealed class DecodePath(ImageReader reader, int threads) : ScoringPath
{
    public override int Score(IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        ForEach(images.Count, threads, image =>
        {
            var pixels = ArrayPool<byte>.Shared.Rent(reader.PixelBytes);
            if (!reader.TryRead(images[image], pixels.AsSpan(0, reader.PixelBytes), out var reason))
            {
                throw new ImageDataException($"The image '{images[image]}' cannot be read: {reason}");
            }

            ArrayPool<byte>.Shared.Return(pixels);
        }, cancellationToken);
        return images.Count;
    }

    public override void Dispose()
    {
    }
}
