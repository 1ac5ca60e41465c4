using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Operations that blend images with something made of them, or turn their colours.</summary>
/// <remarks>As <see cref="ColorChanges"/>, <see cref="Sharpness"/> and <see cref="ToneTables"/>. Images are bytes [n, H, W, 3].</remarks>
internal static class TensorColors
{
    private const int SumOfWeights = 13;

    /// <summary>Blends images with others: a share of 0 gives the others, 1 the images, more than 1 moves away from the others.</summary>
    /// <param name="others">Values 0 to 255 that can be broadcast to the images.</param>
    /// <param name="images">The images.</param>
    /// <param name="shares">Floats [n, 1, 1, 1].</param>
    public static Tensor Blend(Tensor others, Tensor images, Tensor shares)
    {
        var from = others.to(ScalarType.Float32);
        return ((images.to(ScalarType.Float32) - from) * shares).add_(from).clamp_(0, 255).to(ScalarType.Byte);
    }

    /// <summary>The grey version: whole numbers [n, H, W, 1].</summary>
    public static Tensor Gray(Tensor images)
    {
        var values = images.to(ScalarType.Int32);
        var sum = (values.narrow(3, 0, 1) * 19595) + (values.narrow(3, 1, 1) * 38470) + (values.narrow(3, 2, 1) * 7471);
        return sum.add_(0x8000).bitwise_right_shift(tensor(16, ScalarType.Int32, images.device));
    }

    /// <summary>The mean of the grey version, rounded: [n, 1, 1, 1].</summary>
    public static Tensor MeanGray(Tensor images) =>
        Gray(images).to(ScalarType.Float64).mean([1, 2], keepdim: true).add_(0.5).floor_();

    /// <summary>Blends every pixel except those at the edge with a mean of its neighbourhood.</summary>
    public static Tensor Sharpen(Tensor images, Tensor shares)
    {
        var (height, width) = (images.shape[1] - 2, images.shape[2] - 2);
        var sharp = images.clone();
        if (height > 0 && width > 0)
        {
            var values = images.to(ScalarType.Float32);
            var here = values.narrow(1, 1, height).narrow(2, 1, width);
            var rows = values.narrow(1, 0, height) + values.narrow(1, 1, height) + values.narrow(1, 2, height);
            var sums = rows.narrow(2, 0, width) + rows.narrow(2, 1, width) + rows.narrow(2, 2, width) + (here * 4);
            var means = sums.add_(SumOfWeights / 2).div_(SumOfWeights).floor_();
            sharp.narrow(1, 1, height).narrow(2, 1, width).copy_(Blend(means, here, shares));
        }

        return sharp;
    }

    /// <summary>Turns every hue by a share of the colour circle.</summary>
    public static Tensor TurnHue(Tensor images, Tensor shares)
    {
        var values = images.to(ScalarType.Float32);
        var (red, green, blue) = (values.narrow(3, 0, 1), values.narrow(3, 1, 1), values.narrow(3, 2, 1));
        var most = values.amax([3], keepdim: true);
        var chroma = most - values.amin([3], keepdim: true);
        var isRed = most.eq(red);
        var sextant = where(
            isRed, (green - blue) / chroma, where(most.eq(green), 2 + ((blue - red) / chroma), 4 + ((red - green) / chroma)));
        sextant = sextant + (shares * 6) + 6;
        var turned = cat([Channel(5), Channel(3), Channel(1)], dim: 3);
        return where(chroma.eq(0), images, turned.to(ScalarType.Byte));

        Tensor Channel(int offset)
        {
            var position = sextant + offset;
            var around = position - ((position / 6).trunc() * 6);
            return (most - (chroma * minimum(around, 4 - around).clamp(0, 1))).add_(0.5f);
        }
    }
}
