using System.Runtime.ExceptionServices;

namespace MLNetExtensions.Quantization;

/// <summary>Work on images at the same time.</summary>
internal static class ParallelImages
{
    /// <summary>Calls <paramref name="work"/> for 0, 1, … and lets the first error through as it is.</summary>
    public static void For(int count, int threads, Action<int> work, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, work);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
