using System.Collections;
using System.Reflection;
using Microsoft.ML;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>The chain of ML.NET views behind a view, and the transformers that made them.</summary>
/// <remarks>
/// ML.NET keeps both private. The members named here are those of Microsoft.ML 5.0. If a later version renames them, a view looks as if it
/// had no source, and the origin of its columns is unknown.
/// </remarks>
internal static class ViewSteps
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string CacheSource = "_subsetInput";

    /// <summary>The view and all views behind it, the last one first.</summary>
    public static IEnumerable<IDataView> Of(IDataView view)
    {
        for (IDataView? step = view; step is not null; step = SourceOf(step))
        {
            yield return step;
        }
    }

    /// <summary>The view that another one reads; null if there is none or it is not known.</summary>
    public static IDataView? SourceOf(IDataView view) => !IsOfMLNet(view) ? null
        : IsCache(view) ? view.GetType().GetField(CacheSource, AnyInstance)?.GetValue(view) as IDataView
        : view.GetType().GetProperty("Source", AnyInstance)?.GetValue(view) as IDataView;

    /// <summary>
    /// The transformer that made a view; null if the view only drops rows or columns, or if the transformer is not known.
    /// </summary>
    public static object? TransformerOf(IDataView view) =>
        IsOfMLNet(view) ? view.GetType().GetMethod("GetTransformer", AnyInstance, [])?.Invoke(view, null) : null;

    /// <summary>What an ML.NET transformer says about its columns.</summary>
    public static IEnumerable ColumnsOf(object transformer) =>
        transformer.GetType().GetProperty("Columns", AnyInstance)?.GetValue(transformer) as IEnumerable ?? Array.Empty<object>();

    /// <summary>The columns that a transformer reads and makes, if it is one of ML.NET's that makes one column of one.</summary>
    public static IReadOnlyList<(string Output, string Input)> PairsOf(ITransformer transformer) =>
        Field<(string Output, string Input)[]>(transformer, "ColumnPairs") ?? [];

    /// <summary>
    /// Whether a view was made by <c>Data.Cache</c> or <c>AppendCacheCheckpoint</c>; such a view has no columns of images.
    /// </summary>
    public static bool IsCache(IDataView view) => view.GetType().FullName == "Microsoft.ML.Data.CacheDataView";

    /// <summary>Reads a private field of ML.NET.</summary>
    public static T? Field<T>(object of, string name) =>
        of.GetType().GetField(name, AnyInstance)?.GetValue(of) is T value ? value : default;

    private static bool IsOfMLNet(IDataView view) =>
        view.GetType().Assembly.GetName().Name?.StartsWith("Microsoft.ML", StringComparison.Ordinal) == true;
}
