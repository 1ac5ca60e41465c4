using Microsoft.ML;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>One step of the stock chain, as <see cref="StockChain.Steps"/> lists them.</summary>
/// <param name="Role">What the step is for.</param>
/// <param name="Types">The transformers that it may be.</param>
/// <param name="Inputs">The columns that it reads; none where the caller names the column.</param>
/// <param name="Outputs">The columns that it makes.</param>
/// <param name="Write">Makes the step; null where a chain of these parts does without it.</param>
internal sealed record ChainStep(
    ChainRole Role, IReadOnlyList<Type> Types, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    Func<ChainParts, IEstimator<ITransformer>?> Write)
{
    /// <summary>Whether a transformer can be this step; null never can.</summary>
    public bool Fits(ITransformer? transformer) => Types.Any(type => type.IsInstanceOfType(transformer));
}
