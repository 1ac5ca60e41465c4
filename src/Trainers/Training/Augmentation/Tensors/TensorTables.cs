using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Operations that map the values of each image's channels by tables made of their histograms.</summary>
/// <remarks>As <see cref="ToneTables"/>. Images are bytes [n, H, W, 3].</remarks>
internal static class TensorTables
{
    private const int Values = 256;

    /// <summary>Stretches the values of each channel to the full range; a channel with a single value stays.</summary>
    public static Tensor AutoContrast(Tensor images)
    {
        var indices = Indices(images);
        var (least, most) = (indices.amin([2], keepdim: true), indices.amax([2], keepdim: true));
        var range = (most - least).to(ScalarType.Float64);
        var scale = full_like(range, 255).div_(range);      // infinite for a single value, whose table is not used
        var all = arange(Values, ScalarType.Int64, images.device);
        var stretched = ((all * scale) - (least * scale)).trunc().clamp(0, 255);
        return Map(images, indices, where(least.lt(most), stretched.nan_to_num(), all.to(ScalarType.Float64)));
    }

    /// <summary>Equalises the histogram of each channel; a channel with a single value stays.</summary>
    public static Tensor Equalize(Tensor images)
    {
        var indices = Indices(images);
        var counts = zeros([images.shape[0], 3, Values], ScalarType.Int64, images.device)
            .scatter_add_(2, indices, ones_like(indices));
        var all = arange(Values, ScalarType.Int64, images.device);
        var most = indices.amax([2], keepdim: true);
        var step = (counts.sum(2, keepdim: true) - counts.gather(2, most)).div(Values - 1, RoundingMode.floor);
        var before = counts.cumsum(2) - counts + step.div(2, RoundingMode.floor);
        var spread = before.div(step.clamp_min(1), RoundingMode.floor).clamp_max(255);
        return Map(images, indices, where(step.gt(0), spread, all));
    }

    /// <summary>The values as indices: [n, 3, H·W].</summary>
    private static Tensor Indices(Tensor images) =>
        images.permute(0, 3, 1, 2).to(ScalarType.Int64).reshape(images.shape[0], 3, images.shape[1] * images.shape[2]);

    /// <summary>Replaces every value by its entry in the table of its image and channel: [n, 3, 256].</summary>
    private static Tensor Map(Tensor images, Tensor indices, Tensor tables) => tables.to(ScalarType.Byte).gather(2, indices)
        .view(images.shape[0], 3, images.shape[1], images.shape[2]).permute(0, 2, 3, 1);
}
