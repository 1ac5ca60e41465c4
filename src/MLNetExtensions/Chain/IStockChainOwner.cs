using Microsoft.ML;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>A transformer that contains a chain of stock transformers and is saved as that chain.</summary>
internal interface IStockChainOwner
{
    /// <summary>The chain.</summary>
    ITransformer Chain { get; }
}
