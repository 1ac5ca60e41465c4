using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetExtensions;

/// <summary>Where an image column's files are, as the <c>LoadImages</c> step that reads them sees it.</summary>
/// <param name="PathColumn">The text column of paths.</param>
/// <param name="Folder">What paths are relative to; empty where they are full or relative to the current folder.</param>
internal sealed record ImageFileColumn(string PathColumn, string Folder)
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The path that the step opens for a value of the column; null for an empty one.</summary>
    public string? PathOf(string value) => string.IsNullOrWhiteSpace(value) ? null : Path.Combine(Folder, value);

    /// <summary>Finds the step that loads a column: the one that bears its name, or the only one that there is; null without such.</summary>
    /// <remarks>
    /// ML.NET keeps a view's steps to itself. The members named here are those of Microsoft.ML 5.0; should a later version rename them, no
    /// step is found, and only what a column of full paths tells is known.
    /// </remarks>
    public static ImageFileColumn? Of(IDataView view, string imageColumn)
    {
        var loaded = Steps(view).OfType<ImageLoadingTransformer>()
            .SelectMany(step => ColumnsOf(step).Select(column => (column.Output, Source: new ImageFileColumn(column.Input, step.ImageFolder ?? ""))))
            .ToList();
        return loaded.FirstOrDefault(column => column.Output == imageColumn).Source ?? (loaded is [var only] ? only.Source : null);
    }

    private static IEnumerable<(string Output, string Input)> ColumnsOf(ImageLoadingTransformer step) =>
        step.GetType().GetProperty("Columns", AnyInstance)?.GetValue(step) as IEnumerable<(string Output, string Input)> ?? [];

    /// <summary>The transformers behind a view, last one first.</summary>
    private static IEnumerable<object> Steps(IDataView view)
    {
        for (object? step = view; step is not null; step = step.GetType().GetProperty("Source", AnyInstance)?.GetValue(step) as IDataView)
        {
            if (step.GetType().GetMethod("GetTransformer", AnyInstance, [])?.Invoke(step, null) is { } transformer)
            {
                yield return transformer;
            }
        }
    }
}
