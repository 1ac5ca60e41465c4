using System.Runtime.InteropServices;
using MLVision.MLNetExtensions.Threads;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;
using MLVision.Trainers.Training.Pixels;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Changes and normalises images on the CPU's cores, straight into the tensor that the network gets.</summary>
/// <param name="pixels">The stored images.</param>
/// <param name="preprocessing">Which centre of them is used, and how it is normalised.</param>
/// <param name="isChannelsLast">Whether the channels of a pixel lie side by side in the result's memory.</param>
internal sealed class HostImages(PixelSet pixels, ImagePreprocessing preprocessing, bool isChannelsLast) : IBatchImages
{
    private const int Channels = 3;

    private readonly VariedImages _images = new(pixels.ImageSize, preprocessing);

    public Tensor Make(int[] indices, ImageVariation[] variations, BatchMix? mix, int threads)
    {
        var size = preprocessing.ImageSize;
        var imageLength = size * size * Channels;
        using var rows = empty([indices.Length, size, size, Channels], ScalarType.Float32);
        Span<float> Image(int i) => MemoryMarshal.Cast<byte, float>(rows.bytes).Slice(i * imageLength, imageLength);
        ParallelItems.ForEach(indices.Length, threads, i =>
        {
            using var stored = pixels.Read();
            _images.Fill(stored[indices[i]], variations[i], Image(i));
        }, CancellationToken.None);
        mix?.Apply(Image, indices.Length, size, threads);
        using var channelsLast = rows.permute(0, 3, 1, 2);    // [N, 3, H, W], channels last in memory
        return (isChannelsLast ? channelsLast.alias() : channelsLast.contiguous()).DetachFromDisposeScope();
    }
}
