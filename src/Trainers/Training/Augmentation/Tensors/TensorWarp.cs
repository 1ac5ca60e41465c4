using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Shears and turns images, each by a map of its own.</summary>
/// <remarks>As <see cref="AffineMap.Apply"/>.</remarks>
internal static class TensorWarp
{
    /// <summary>Bytes [n, size, size, 3] in the current dispose scope.</summary>
    /// <param name="images">The same.</param>
    /// <param name="maps">From target to source, one an image.</param>
    public static Tensor Apply(Tensor images, IReadOnlyList<AffineMap> maps)
    {
        var size = images.shape[1];
        double[] numbers = [.. maps.SelectMany(map => (double[])[map.XX, map.XY, map.X, map.YX, map.YY, map.Y])];
        var parts = DeviceCopy.Of(tensor(numbers).view(-1, 6, 1, 1), images.device).unbind(1);    // [n, 1, 1] each
        var centers = arange(size, ScalarType.Float64, images.device).add_(0.5);
        var (across, down) = (centers.view(1, 1, -1), centers.view(1, -1, 1));
        var (x, y) = ((parts[0] * across) + (parts[1] * down) + parts[2], (parts[3] * across) + (parts[4] * down) + parts[5]);
        var (left, top) = ((x + 0.5).floor_().sub_(1), (y + 0.5).floor_().sub_(1));
        var shareRight = (x - 0.5 - left).to(ScalarType.Float32).unsqueeze_(3);
        var shareBelow = (y - 0.5 - top).to(ScalarType.Float32).unsqueeze_(3);
        var pixels = images.reshape(images.shape[0], size * size, 3);
        var above = Lerp(At(left, top), At(left + 1, top), shareRight);
        var below = Lerp(At(left, top + 1), At(left + 1, top + 1), shareRight);
        var inside = x.ge(0).logical_and_(x.lt(size)).logical_and_(y.ge(0)).logical_and_(y.lt(size));
        return Lerp(above, below, shareBelow).add_(0.5f).mul_(inside.unsqueeze_(3)).to(ScalarType.Byte);

        Tensor At(Tensor column, Tensor row)
        {
            var place = (row.clamp(0, size - 1) * size).add_(column.clamp(0, size - 1)).to(ScalarType.Int64);
            var places = place.view(images.shape[0], size * size, 1).expand(-1, -1, 3);
            return pixels.gather(1, places).view(images.shape[0], size, size, 3).to(ScalarType.Float32);
        }
    }

    private static Tensor Lerp(Tensor from, Tensor to, Tensor share) => (to - from).mul_(share).add_(from);
}
