namespace MLVision.Trainers.Models.Layers;

/// <summary>Arithmetic of sliding windows, shared by the interpreters that know shapes only.</summary>
internal static class WindowShape
{
    /// <summary>Output size of a convolution or pool along one dimension; 0 where the window does not fit.</summary>
    /// <remarks>With <paramref name="ceil"/>, PyTorch drops a last window that would begin in the padding on the far side.</remarks>
    public static long Output(long size, long kernel, long stride, long padding, long dilation = 1, bool ceil = false)
    {
        var span = size + (2 * padding) - (dilation * (kernel - 1)) - 1 + (ceil ? stride - 1 : 0);
        if (span < 0)
        {
            return 0;
        }

        var output = (span / stride) + 1;
        return ceil && (output - 1) * stride >= size + padding ? output - 1 : output;
    }

    /// <summary>Writes a square window's one number as two.</summary>
    public static (long Height, long Width) Pair(long[]? values, long fallback = 0) =>
        values is null or [] ? (fallback, fallback) : (values[0], values[^1]);
}
