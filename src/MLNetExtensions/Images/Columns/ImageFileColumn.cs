using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Images.Columns;

/// <summary>Finds the file behind each value of an image or pixel column, as the <c>LoadImages</c> step that reads it does.</summary>
/// <param name="PathColumn">The text column of paths.</param>
/// <param name="Folder">The folder that paths are relative to; empty if they are full paths or relative to the current folder.</param>
/// <param name="IsLoaded">Whether the column holds the images as <c>LoadImages</c> made them, unchanged by later steps.</param>
internal sealed record ImageFileColumn(string PathColumn, string Folder, bool IsLoaded)
{
    /// <summary>The path that the step opens for a value of the path column; null for an empty value.</summary>
    public string? PathOf(string value) => string.IsNullOrWhiteSpace(value) ? null : Path.Combine(Folder, value);

    /// <summary>Finds the step that loads the images of a column, through the steps in between; null for none or for several.</summary>
    /// <remarks>
    /// If ML.NET does not reveal its steps (see <see cref="ViewSteps"/>), files are known only from a column of full paths.
    /// </remarks>
    public static ImageFileColumn? Of(IDataView view, string column)
    {
        var found = new List<ImageFileColumn>();
        HashSet<string> wanted = [column], madeLater = [];
        foreach (var step in ViewSteps.Of(view))
        {
            if (ViewSteps.TransformerOf(step) is not { } transformer || step is not IRowToRowMapper mapper)
            {
                continue;    // this step changes rows only
            }

            // The step's output column is new, or it hides an older column of the same name.
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
