using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Applies drawn operations to a batch: one step after the other, all images with the same operation at once.</summary>
/// <remarks>As <see cref="PixelChanges"/>.</remarks>
internal static class TensorChanges
{
    /// <summary>Bytes [N, size, size, 3] in the current dispose scope.</summary>
    /// <param name="images">The same; they are changed.</param>
    /// <param name="variations">The operations on each image.</param>
    public static Tensor Apply(Tensor images, IReadOnlyList<ImageVariation> variations)
    {
        for (var step = 0; step < variations.Max(variation => variation.Changes.Count); step++)
        {
            var changed = Enumerable.Range(0, variations.Count).Where(i => variations[i].Changes.Count > step);
            foreach (var same in changed.GroupBy(i => variations[i].Changes[step].Operation))
            {
                using var scope = NewDisposeScope();
                var numbers = tensor(same.Select(i => (long)i).ToArray());
                var rows = DeviceCopy.Of(numbers, images.device);
                double[] strengths = [.. same.Select(i => variations[i].Changes[step].Strength)];
                images.index_copy_(0, rows, Change(same.Key, images.index_select(0, rows), strengths));
            }
        }

        return images;
    }

    /// <summary>Applies an operation, each image with a strength of its own: bytes [n, size, size, 3].</summary>
    private static Tensor Change(PixelOperation operation, Tensor images, double[] strengths)
    {
        var size = (int)images.shape[1];
        return operation switch
        {
            PixelOperation.ShearX => TensorWarp.Apply(images, Array.ConvertAll(strengths, AffineMap.ShearX)),
            PixelOperation.ShearY => TensorWarp.Apply(images, Array.ConvertAll(strengths, AffineMap.ShearY)),
            PixelOperation.Rotate => TensorWarp.Apply(images, Array.ConvertAll(strengths, degrees => AffineMap.Rotate(degrees, size))),
            PixelOperation.TranslateX => Move(strength => new ImageVariation { ShiftX = (int)strength }),
            PixelOperation.TranslateY => Move(strength => new ImageVariation { ShiftY = (int)strength }),
            PixelOperation.Sharpness => TensorColors.Sharpen(images, Shares()),
            PixelOperation.Brightness => TensorColors.Blend(zeros_like(images), images, Shares()),
            PixelOperation.Contrast => TensorColors.Blend(TensorColors.MeanGray(images), images, Shares()),
            PixelOperation.Saturation => TensorColors.Blend(TensorColors.Gray(images), images, Shares()),
            PixelOperation.Hue => TensorColors.TurnHue(images, Shares()),
            PixelOperation.Posterize => images.bitwise_and(Bytes(bits => 0xFF & (0xFF00 >> (int)bits))),
            PixelOperation.Solarize => where(images.to(ScalarType.Int32).lt(Whole(Math.Ceiling)), images, 255 - images),
            PixelOperation.AutoContrast => TensorTables.AutoContrast(images),
            PixelOperation.Equalize => TensorTables.Equalize(images),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such operation."),
        };

        Tensor Move(Func<double, ImageVariation> variation) =>
            TensorPlacement.Place(images, margin: 0, size, Array.ConvertAll(strengths, strength => variation(strength)));

        Tensor Shares() => Sent(tensor(Array.ConvertAll(strengths, strength => (float)strength)));

        Tensor Bytes(Func<double, int> map) => Sent(tensor(Array.ConvertAll(strengths, strength => (byte)map(strength))));

        Tensor Whole(Func<double, double> map) => Sent(tensor(Array.ConvertAll(strengths, strength => (int)map(strength))));

        Tensor Sent(Tensor values) => DeviceCopy.Of(values.view(-1, 1, 1, 1), images.device);
    }
}
