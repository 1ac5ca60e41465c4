using Microsoft.Extensions.VectorData;

namespace Search;

/// <summary>A photograph in a collection: its file, and what the network sees in it.</summary>
internal sealed class Photograph
{
    [VectorStoreKey]
    public required string Path { get; init; }

    [VectorStoreVector(512, DistanceFunction = DistanceFunction.CosineSimilarity, IndexKind = IndexKind.Flat)]
    public ReadOnlyMemory<float> Embedding { get; init; }
}
