namespace MLVision.Trainers.Options;

/// <summary>The number format that a training computes in; weights are always stored and updated in 32 bits.</summary>
public enum TrainingPrecision
{
    /// <summary><see cref="Mixed"/> where the CPU or GPU has instructions for bfloat16, otherwise <see cref="Full"/>.</summary>
    Auto,

    /// <summary>
    /// 32 bits throughout: on a CPU, a training that was resumed ends bit for bit where an uninterrupted one does. On a GPU convolutions
    /// round what they multiply to TF32, as PyTorch does by default: 10 binary digits after the point, sums in 32 bits.
    /// </summary>
    Full,

    /// <summary>
    /// Convolutions in bfloat16; grouped ones on a CPU, batch norm's statistics, fully connected layers and the loss in 32 bits, products
    /// on a GPU in TF32. About twice as fast on CPUs with AVX-512 BF16, and very slow on those without.
    /// </summary>
    Mixed,

    /// <summary>As <see cref="Full"/>, without TF32 on a GPU, where it takes about twice as long.</summary>
    Strict,
}
