using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetExtensions;

/// <summary>Where an image column's files are, as the <c>LoadImages</c> step that reads them sees it.</summary>
/// <param name="PathColumn">The text column of paths.</param>
/// <param name="Folder">What paths are relative to; empty where they are full or relative to the current folder.</param>
internal sealed record ImageFileColumn(string PathColumn, string Folder)
{
    /// <summary>The path that the step opens for a value of the column; null for an empty one.</summary>
    public string? PathOf(string value) => string.IsNullOrWhiteSpace(value) ? null : Path.Combine(Folder, value);

    /// <summary>Finds the step that loads a column: the one that bears its name, or the only one that there is; null without such.</summary>
    /// <remarks>Where ML.NET does not tell (see <see cref="ViewSteps"/>), only what a column of full paths tells is known.</remarks>
    public static ImageFileColumn? Of(IDataView view, string imageColumn)
    {
        var loaded = ViewSteps.Of(view).Select(ViewSteps.TransformerOf).OfType<ImageLoadingTransformer>()
            .SelectMany(step => ViewSteps.ColumnsOf(step).OfType<(string Output, string Input)>()
                .Select(column => (column.Output, Source: new ImageFileColumn(column.Input, step.ImageFolder ?? ""))))
            .ToList();
        return loaded.FirstOrDefault(column => column.Output == imageColumn).Source ?? (loaded is [var only] ? only.Source : null);
    }
}
