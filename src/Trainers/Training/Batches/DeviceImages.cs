using MLVision.MLNetExtensions.Threads;
using MLVision.Trainers.Native;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Augmentation;
using MLVision.Trainers.Training.Augmentation.Tensors;
using MLVision.Trainers.Training.Pixels;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Batches;

/// <summary>Sends the stored bytes of images to the device, a quarter of what floats take, and changes and normalises them there.</summary>
/// <param name="pixels">The stored images.</param>
/// <param name="preprocessing">Which centre of them is used, and how it is normalised.</param>
/// <param name="device">The device of the network.</param>
/// <param name="isChannelsLast">Whether the channels of a pixel lie side by side in the result's memory.</param>
internal sealed class DeviceImages(PixelSet pixels, ImagePreprocessing preprocessing, Device device, bool isChannelsLast) : IBatchImages
{
    private const int Channels = 3;

    private readonly TensorImages _images = new(preprocessing);

    public Tensor Make(int[] indices, ImageVariation[] variations, BatchMix? mix, int threads)
    {
        var size = pixels.ImageSize;
        var imageLength = size * size * Channels;
        using var scope = NewDisposeScope();
        var stored = empty([indices.Length, size, size, Channels], ScalarType.Byte);
        ParallelItems.ForEach(indices.Length, threads, i =>
        {
            using var reader = pixels.Read();
            reader[indices[i]].CopyTo(stored.bytes.Slice(i * imageLength, imageLength));
        }, CancellationToken.None);
        var input = _images.Make(DeviceCopy.Of(stored, device), variations, mix);
        return (isChannelsLast ? input : input.contiguous()).DetachFromDisposeScope();
    }
}
