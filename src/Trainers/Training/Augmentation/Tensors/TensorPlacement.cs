using MLVision.Trainers.Native;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Augmentation.Tensors;

/// <summary>Takes a square frame from each image, moved and flipped; what lies outside the image is black.</summary>
/// <remarks>As <see cref="PlacedRows"/>.</remarks>
internal static class TensorPlacement
{
    /// <summary>Bytes [N, size, size, 3] in the current dispose scope; they may share the images' memory.</summary>
    /// <param name="images">Bytes [N, S, S, 3].</param>
    /// <param name="margin">Pixels from the images' left and upper edge to the frame, before the shift.</param>
    /// <param name="size">Width and height of the frame in pixels.</param>
    /// <param name="variations">Shift and flips of each image.</param>
    public static Tensor Place(Tensor images, int margin, int size, IReadOnlyList<ImageVariation> variations)
    {
        if (!variations.Any(variation => IsMoved(variation) || variation.IsMirrored || variation.IsUpsideDown))
        {
            return images.narrow(1, margin, size).narrow(2, margin, size);
        }

        var rows = Sources(variations.Select(variation => (margin - variation.ShiftY, variation.IsUpsideDown)), size, images.device);
        var columns = Sources(variations.Select(variation => (margin - variation.ShiftX, variation.IsMirrored)), size, images.device);
        var last = images.shape[1] - 1;
        var numbers = arange(images.shape[0], ScalarType.Int64, images.device);
        var placed = images.index(
            TensorIndex.Tensor(numbers.view(-1, 1, 1)),
            TensorIndex.Tensor(rows.clamp(0, last).unsqueeze(2)),
            TensorIndex.Tensor(columns.clamp(0, last).unsqueeze(1)));
        if (variations.Any(IsMoved))
        {
            var inside = IsInside(rows, last).unsqueeze(2).logical_and(IsInside(columns, last).unsqueeze(1));
            placed.mul_(inside.unsqueeze(3));
        }

        return placed;
    }

    private static bool IsMoved(ImageVariation variation) => variation.ShiftX != 0 || variation.ShiftY != 0;

    private static Tensor IsInside(Tensor sources, long last) => sources.ge(0).logical_and_(sources.le(last));

    /// <summary>Where each row or column of the frame comes from: [N, size]; it may lie outside the image.</summary>
    private static Tensor Sources(IEnumerable<(int Start, bool IsReversed)> frames, int size, Device device)
    {
        var starts = frames.Select(frame => (long)(frame.IsReversed ? frame.Start + size - 1 : frame.Start)).ToArray();
        var steps = frames.Select(frame => frame.IsReversed ? -1L : 1).ToArray();
        var values = DeviceCopy.Of(tensor(starts.Concat(steps).ToArray()).view(2, -1, 1), device);
        return (values[1] * arange(size, ScalarType.Int64, device)) + values[0];
    }
}
