using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>Where the files of a column of images or pixels are, as the <c>LoadImages</c> step that reads them sees it.</summary>
/// <param name="PathColumn">The text column of paths.</param>
/// <param name="Folder">What paths are relative to; empty where they are full or relative to the current folder.</param>
/// <param name="IsLoaded">Whether the column holds the step's own images, and not what other steps made of them.</param>
internal sealed record ImageFileColumn(string PathColumn, string Folder, bool IsLoaded)
{
    /// <summary>The path that the step opens for a value of the column; null for an empty one.</summary>
    public string? PathOf(string value) => string.IsNullOrWhiteSpace(value) ? null : Path.Combine(Folder, value);

    /// <summary>Finds the step that loads what a column holds, whatever steps lie in between; null without such, or with several.</summary>
    /// <remarks>Where ML.NET does not tell (see <see cref="ViewSteps"/>), only what a column of full paths tells is known.</remarks>
    public static ImageFileColumn? Of(IDataView view, string column)
    {
        var found = new List<ImageFileColumn>();
        HashSet<string> wanted = [column], madeLater = [];
        foreach (var step in ViewSteps.Of(view))
        {
            if (ViewSteps.TransformerOf(step) is not { } transformer || step is not IRowToRowMapper mapper)
            {
                continue;    // rows are filtered or shuffled, columns are as before
            }

            // A step's own column is new by its name, or hides the one that had it.
            var made = step.Schema.Where(c => !c.IsHidden && CountOf(step.Schema, c.Name) > CountOf(mapper.InputSchema, c.Name)).ToList();
            foreach (var own in made.Where(c => wanted.Remove(c.Name)).ToList())
            {
                if (transformer is not ImageLoadingTransformer loader)
                {
                    wanted.UnionWith(mapper.GetDependencies([own]).Select(c => c.Name));
                }
                else if (ColumnsOf(loader).FirstOrDefault(c => c.Output == own.Name).Input is { } input)
                {
                    var isLoaded = own.Name == column && !madeLater.Contains(column);
                    found.Add(new ImageFileColumn(madeLater.Contains(input) ? "" : input, loader.ImageFolder ?? "", isLoaded));
                }
            }

            madeLater.UnionWith(made.Select(c => c.Name));
        }

        // The column of paths must still be the one that the step read.
        return found is [{ PathColumn.Length: > 0 } only] ? only : null;
    }

    /// <summary>Finds the only step that loads images.</summary>
    public static ImageFileColumn? Of(IEnumerable<ITransformer> steps)
    {
        var loaded = steps.OfType<ImageLoadingTransformer>()
            .SelectMany(step => ColumnsOf(step).Select(c => new ImageFileColumn(c.Input, step.ImageFolder ?? "", IsLoaded: false)))
            .ToList();
        return loaded is [var only] ? only : null;
    }

    private static int CountOf(DataViewSchema schema, string name) => schema.Count(column => column.Name == name);

    private static IEnumerable<(string Output, string Input)> ColumnsOf(ImageLoadingTransformer step) =>
        ViewSteps.ColumnsOf(step).OfType<(string Output, string Input)>();
}
