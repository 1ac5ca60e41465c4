using System.Collections;
using System.Reflection;
using Microsoft.ML;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>The views of ML.NET's that a view is made of, and the transformers that made them.</summary>
/// <remarks>
/// ML.NET keeps both to itself. The members named here are those of Microsoft.ML 5.0; should a later version rename them, a view is taken
/// for one without a source, and what its columns come from is not known.
/// </remarks>
internal static class ViewSteps
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string CacheSource = "_subsetInput";

    /// <summary>The view and all that lie behind it, the last one first.</summary>
    public static IEnumerable<IDataView> Of(IDataView view)
    {
        for (IDataView? step = view; step is not null; step = SourceOf(step))
        {
            yield return step;
        }
    }

    /// <summary>The view that another one reads; null where there is none, or where it is not known.</summary>
    public static IDataView? SourceOf(IDataView view) => !IsOfMLNet(view) ? null
        : IsCache(view) ? view.GetType().GetField(CacheSource, AnyInstance)?.GetValue(view) as IDataView
        : view.GetType().GetProperty("Source", AnyInstance)?.GetValue(view) as IDataView;

    /// <summary>
    /// The transformer that made a view of its source; null where nothing but rows or columns were left out, or it is not known.
    /// </summary>
    public static object? TransformerOf(IDataView view) =>
        IsOfMLNet(view) ? view.GetType().GetMethod("GetTransformer", AnyInstance, [])?.Invoke(view, null) : null;

    /// <summary>What a transformer of ML.NET's says of its columns.</summary>
    public static IEnumerable ColumnsOf(object transformer) =>
        transformer.GetType().GetProperty("Columns", AnyInstance)?.GetValue(transformer) as IEnumerable ?? Array.Empty<object>();

    /// <summary>The columns that a transformer reads and makes, where it is one of ML.NET's that makes one of one.</summary>
    public static IReadOnlyList<(string Output, string Input)> PairsOf(ITransformer transformer) =>
        Field<(string Output, string Input)[]>(transformer, "ColumnPairs") ?? [];

    /// <summary>Whether a view is <c>Data.Cache</c>'s, or <c>AppendCacheCheckpoint</c>'s; such a view has no columns of images.</summary>
    public static bool IsCache(IDataView view) => view.GetType().FullName == "Microsoft.ML.Data.CacheDataView";

    /// <summary>Reads a field that ML.NET does not show.</summary>
    public static T? Field<T>(object of, string name) =>
        of.GetType().GetField(name, AnyInstance)?.GetValue(of) is T value ? value : default;

    private static bool IsOfMLNet(IDataView view) =>
        view.GetType().Assembly.GetName().Name?.StartsWith("Microsoft.ML", StringComparison.Ordinal) == true;
}
