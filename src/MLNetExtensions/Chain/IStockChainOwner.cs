using Microsoft.ML;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>A transformer that is a chain of stock transformers inside, and saves as that.</summary>
internal interface IStockChainOwner
{
    /// <summary>The chain.</summary>
    ITransformer Chain { get; }
}
