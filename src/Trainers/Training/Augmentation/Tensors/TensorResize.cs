using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Resizes a part of each image to a square, bilinearly and with antialiasing.</summary>
/// <remarks>
/// As <see cref="BilinearResize"/>: first horizontally, then vertically, each rounded to whole numbers. Along an axis resizing is a product
/// with a matrix of weights, another one for each image.
/// </remarks>
internal static class TensorResize
{
    /// <summary>Bytes [N, size, size, 3] in the current dispose scope.</summary>
    /// <param name="images">Bytes [N, H, W, 3].</param>
    /// <param name="windows">The part of each image.</param>
    /// <param name="size">Width and height of the results in pixels.</param>
    public static Tensor Resize(Tensor images, IReadOnlyList<PixelWindow> windows, int size)
    {
        var (count, height, width) = (images.shape[0], images.shape[1], images.shape[2]);
        var across = Weights(windows.Select(window => (window.Left, window.Width)), width, size, images.device);
        var down = Weights(windows.Select(window => (window.Top, window.Height)), height, size, images.device);
        var rows = images.permute(0, 1, 3, 2).to(ScalarType.Float32).reshape(count, height * 3, width);
        var narrow = Round(rows.bmm(across.transpose(1, 2))).view(count, height, 3 * size);
        var square = Round(down.bmm(narrow)).view(count, size, 3, size);
        return square.to(ScalarType.Byte).permute(0, 1, 3, 2);
    }

    /// <summary>What each input pixel contributes to each output pixel: [N, size, inputs], rows with a sum of 1.</summary>
    private static Tensor Weights(IEnumerable<(int Start, int Length)> parts, long inputs, int size, Device device)
    {
        var (starts, lengths) = (PerImage(parts.Select(part => part.Start)), PerImage(parts.Select(part => part.Length)));
        var scales = lengths / size;
        var support = scales.clamp_min(1);      // half the triangle's base
        var centers = ((Centers(size).unsqueeze(1) * scales) + starts).contiguous();    // [N, size, 1]
        var positions = Centers(inputs);                                                // [inputs]
        var triangle = (1 - ((positions - centers).abs_() / support)).clamp_min_(0);
        var inside = positions.gt(starts).logical_and_(positions.lt(starts + lengths));
        var weights = triangle.mul_(inside);
        return weights.div_(weights.sum(-1, keepdim: true));

        Tensor Centers(long count) => arange(count, ScalarType.Float32, device).add_(0.5f);

        Tensor PerImage(IEnumerable<int> values)
        {
            var onCpu = tensor(values.Select(value => (float)value).ToArray()).view(-1, 1, 1);
            return DeviceCopy.Of(onCpu, device);
        }
    }

    private static Tensor Round(Tensor values) => values.add_(0.5f).floor_();
}
