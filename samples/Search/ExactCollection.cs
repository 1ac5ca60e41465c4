using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using MLVision.MLNetExtensions.Images;

namespace Search;

/// <summary>Photographs in memory, every one of which is compared with what is searched for: exact, and fast up to about 100,000.</summary>
/// <param name="generator">Makes the vectors of images that are searched for.</param>
internal sealed class ExactCollection(IEmbeddingGenerator<ImageSource, Embedding<float>> generator)
    : VectorStoreCollection<string, Photograph>
{
    // Beside each record its vector scaled to length 1: then a dot product is the cosine.
    private readonly ConcurrentDictionary<string, (Photograph Record, float[] Direction)> _records = new();

    public override string Name => "photographs";

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        _records.Clear();
        return Task.CompletedTask;
    }

    public override Task<Photograph?> GetAsync(
        string key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(_records.TryGetValue(key, out var found) ? found.Record : null);

    public override IAsyncEnumerable<Photograph> GetAsync(
        Expression<Func<Photograph, bool>> filter, int top, FilteredRecordRetrievalOptions<Photograph>? options = null,
        CancellationToken cancellationToken = default) =>
        _records.Values.Select(entry => entry.Record).Where(filter.Compile()).Skip(options?.Skip ?? 0).Take(top).ToAsyncEnumerable();

    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        _records.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(Photograph record, CancellationToken cancellationToken = default)
    {
        _records[record.Path] = (record, Direction(record.Embedding.Span));
        return Task.CompletedTask;
    }

    public override async Task UpsertAsync(IEnumerable<Photograph> records, CancellationToken cancellationToken = default)
    {
        foreach (var record in records)
        {
            await UpsertAsync(record, cancellationToken);
        }
    }

    /// <summary>Searches for a vector, or for an image, whose vector is made first.</summary>
    public override async IAsyncEnumerable<VectorSearchResult<Photograph>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<Photograph>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var vector = searchValue switch
        {
            ReadOnlyMemory<float> given => given,
            Embedding<float> given => given.Vector,
            ImageSource image => await generator.GenerateVectorAsync(image, cancellationToken: cancellationToken),
            string path => await generator.GenerateVectorAsync(path, cancellationToken: cancellationToken),
            _ => throw new NotSupportedException($"Search for a vector, an image or a path, not for a {typeof(TInput).Name}."),
        };
        var direction = Direction(vector.Span);
        var filter = options?.Filter?.Compile() ?? (_ => true);
        var nearest = _records.Values.AsParallel().WithCancellation(cancellationToken)
            .Where(entry => filter(entry.Record))
            .Select(entry => (entry.Record, Cosine: TensorPrimitives.Dot(entry.Direction, direction)))
            .OrderByDescending(entry => entry.Cosine)
            .Skip(options?.Skip ?? 0).Take(top)
            .TakeWhile(entry => options?.ScoreThreshold is not { } least || entry.Cosine >= least);
        foreach (var (record, cosine) in nearest)
        {
            yield return new VectorSearchResult<Photograph>(record, cosine);
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    private static float[] Direction(ReadOnlySpan<float> vector)
    {
        var direction = vector.ToArray();
        TensorPrimitives.Divide(direction, Math.Max(TensorPrimitives.Norm<float>(vector), float.Epsilon), direction);
        return direction;
    }
}
