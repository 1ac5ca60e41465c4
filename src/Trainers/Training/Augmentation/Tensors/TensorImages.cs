using System.Diagnostics;
using MLVision.Trainers.Native;
using MLVision.Trainers.Preprocessing;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Makes the network's input from stored images with tensor operations, on the device that holds them.</summary>
/// <remarks>
/// The values are those of <see cref="VariedImages"/>, which is faster on a CPU: bytes may differ by one where rounding does. Nothing here
/// waits for the device.
/// </remarks>
/// <param name="preprocessing">Which centre of the images is used, and how it is normalised.</param>
internal sealed class TensorImages(ImagePreprocessing preprocessing)
{
    private const float Most = 255;

    private readonly int _size = preprocessing.ImageSize;

    /// <summary>Makes the input of a batch: floats [N, 3, size, size], channels last. The caller owns it.</summary>
    /// <param name="stored">Bytes [N, stored size, stored size, 3]; what they hold afterwards is not defined.</param>
    /// <param name="variations">The changes of each image; either all have a crop or none.</param>
    /// <param name="mix">How images are mixed in pairs, or null.</param>
    public Tensor Make(Tensor stored, IReadOnlyList<ImageVariation> variations, BatchMix? mix)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        Tensor images;
        if (variations[0].Crop is null)
        {
            Debug.Assert(variations.All(variation => variation.Crop is null), "Either all images are cropped or none.");
            images = TensorPlacement.Place(stored, preprocessing.Margin, _size, variations);
        }
        else
        {
            var windows = variations.Select(variation => variation.Crop!.Value).ToList();
            images = TensorPlacement.Place(TensorResize.Resize(stored, windows, _size), margin: 0, _size, variations);
        }

        var input = Normalize(TensorChanges.Apply(images, variations));
        Erase(input, variations);
        return Mix(input, mix).permute(0, 3, 1, 2).DetachFromDisposeScope();
    }

    private Tensor Normalize(Tensor images)
    {
        var (mean, deviation) = (preprocessing.Normalization.Mean, preprocessing.Normalization.StandardDeviation);
        var means = DeviceCopy.Of(tensor(mean.Select(value => value * Most).ToArray()), images.device);
        var factors = DeviceCopy.Of(tensor(deviation.Select(value => 1f / (value * Most)).ToArray()), images.device);
        return images.to(ScalarType.Float32).sub_(means).mul_(factors);
    }

    /// <summary>In normalised images 0 is the mean colour.</summary>
    private static void Erase(Tensor input, IReadOnlyList<ImageVariation> variations)
    {
        for (var i = 0; i < variations.Count; i++)
        {
            if (variations[i].Erased is { } window)
            {
                Part(input[i], axis: 0, window).zero_();
            }
        }
    }

    /// <summary>Each image with the one before it, the first with the last.</summary>
    private static Tensor Mix(Tensor input, BatchMix? mix)
    {
        if (mix is null)
        {
            return input;
        }

        var others = input.roll(1, 0);
        if (mix.Pasted is not { } window)
        {
            return input.mul_((float)mix.OwnShare).add_(others.mul_(1 - (float)mix.OwnShare));
        }

        Part(input, axis: 1, window).copy_(Part(others, axis: 1, window));
        return input;
    }

    /// <summary>A rectangle of images whose rows lie along an axis, and columns along the next.</summary>
    private static Tensor Part(Tensor images, int axis, PixelWindow window) =>
        images.narrow(axis, window.Top, window.Height).narrow(axis + 1, window.Left, window.Width);
}
