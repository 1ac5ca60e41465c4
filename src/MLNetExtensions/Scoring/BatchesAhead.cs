using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.MLNetExtensions.Scoring;

/// <summary>Scores images as they arrive, a limited number of batches before the caller takes the results.</summary>
internal static class BatchesAhead
{
    // One that is scored, and one ready to follow it.
    private const int BatchesEach = 2;

    /// <summary>Collects images into batches, scores several batches at once and returns their results in order.</summary>
    /// <remarks>
    /// A batch is full, or has what had arrived when the source had to wait. An error of the source is thrown after the results of the
    /// images before it. If the caller stops early, this returns after the running batches have finished.
    /// </remarks>
    public static async IAsyncEnumerable<ImagePrediction[]> ScoreAsync(
        LoadedModel model, IAsyncEnumerable<ImageSource> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The batches in the channel and those held by its writer and reader are together twice those that may be scored at once.
        var scored = Channel.CreateBounded<Task<ImagePrediction[]>>(
            new BoundedChannelOptions(Math.Max(1, (BatchesEach * model.BatchesAtOnce) - 2)) { SingleReader = true, SingleWriter = true });
        var feeding = FeedAsync(model, images, scored.Writer, stop.Token);
        try
        {
            await foreach (var batch in scored.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return await batch.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(false);
            while (scored.Reader.TryRead(out var batch))
            {
                await ((Task)batch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Starts batches until the source ends; never throws, because errors are passed through the channel.</summary>
    private static async Task FeedAsync(
        LoadedModel model, IAsyncEnumerable<ImageSource> images, ChannelWriter<Task<ImagePrediction[]>> scored,
        CancellationToken cancellationToken)
    {
        // The source may compute without ever waiting, so it runs on the pool and not on the caller's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await using var source = images.GetAsyncEnumerator(cancellationToken);
            var batch = new List<ImageSource>(model.BatchSize);
            while (true)
            {
                var next = source.MoveNextAsync().AsTask();
                try
                {
                    if (batch.Count == model.BatchSize || (batch.Count > 0 && !next.IsCompleted))
                    {
                        await StartAsync(model, batch, scored, cancellationToken).ConfigureAwait(false);
                    }
                }
                finally
                {
                    // A source must not be disposed while it is looking for its next image.
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                batch.Add(source.Current);
            }

            if (batch.Count > 0)
            {
                await StartAsync(model, batch, scored, cancellationToken).ConfigureAwait(false);
            }

            scored.Complete();
        }
        catch (Exception e)
        {
            scored.Complete(e);
        }
    }

    /// <summary>Starts to score a batch, empties it, and waits until there is room to start another.</summary>
    private static async Task StartAsync(
        LoadedModel model, List<ImageSource> batch, ChannelWriter<Task<ImagePrediction[]>> scored, CancellationToken cancellationToken)
    {
        var scoring = model.ScoreAsync([.. batch], cancellationToken);
        batch.Clear();
        try
        {
            await scored.WriteAsync(scoring, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // No other code waits for this batch, and the model must not be released before it is done.
            await ((Task)scoring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
