using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Images.Columns;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>How a schema's rows become pixels: from files, from images, or through the stock steps.</summary>
/// <remarks>
/// If the chain loads its images from files directly before the classifier, the files are read here, so that images are not decoded twice
/// or kept in memory. The image column remains and is loaded if it is needed. Decoded images are resized here. Only other pixels go through
/// the stock steps.
/// </remarks>
internal sealed class ScoringSource
{
    private readonly StockSteps _steps;
    private readonly LoadedModel _model;
    private readonly int _column;
    private readonly Kind _kind;
    private readonly ImageFileColumn? _files;

    private ScoringSource(StockSteps steps, LoadedModel model, int column, Kind kind, ImageFileColumn? files = null) =>
        (_steps, _model, _column, _kind, _files) = (steps, model, column, kind, files);

    private enum Kind
    {
        Paths,
        Images,
        Pixels,
    }

    /// <summary>Checks a schema.</summary>
    /// <param name="steps">The chain's steps.</param>
    /// <param name="model">What scores.</param>
    /// <param name="schema">The schema of the rows.</param>
    /// <param name="view">The rows themselves, if they are known: they show where pixels come from.</param>
    /// <exception cref="ArgumentException">The schema lacks a column that the chain's first steps read, or it has another type; ML.NET
    /// throws this error.</exception>
    public static ScoringSource Of(StockSteps steps, LoadedModel model, DataViewSchema schema, IDataView? view = null)
    {
        var image = DependencyOf(Chain(steps.Pixels), schema, StockChain.Pixels);
        if (steps.Loader is { } loader)
        {
            // The loader ran already, on a schema that had the same column of paths.
            var loaded = ((ITransformer)loader).GetRowToRowMapper(schema);
            if (loaded.OutputSchema[^1].Name == image.Name)
            {
                return new ScoringSource(steps, model, loaded.GetDependencies([loaded.OutputSchema[^1]]).Single().Index, Kind.Paths);
            }
        }

        var files = (view is null ? null : ImageFileColumn.Of(view, image.Name)) ?? ImageFileColumn.Of(steps.Before);
        return image.Type is Microsoft.ML.Transforms.Image.ImageDataViewType
            ? new ScoringSource(steps, model, image.Index, Kind.Images)
            : new ScoringSource(steps, model, image.Index, Kind.Pixels, RowPixels.PathColumn(schema, files) is null ? null : files);
    }

    /// <summary>The view to read, whose first columns are the input's.</summary>
    public IDataView View(IDataView input) => _kind == Kind.Pixels ? Chain(_steps.Pixels).Transform(input) : input;

    /// <summary>The columns of the view that are read: that of pixels, and that of paths where there is one.</summary>
    public IEnumerable<DataViewSchema.Column> Columns(DataViewSchema view) =>
        RowPixels.PathColumn(view, _files) is { } path ? [Content(view), path] : [Content(view)];

    /// <summary>The columns of the input that these come from in the end.</summary>
    public IEnumerable<DataViewSchema.Column> InputColumns(DataViewSchema input) =>
        RowPixels.PathColumn(input, _files) is { } path ? [input[_column], path] : [input[_column]];

    /// <summary>Binds to a row or cursor of the view.</summary>
    public PixelInput Bind(DataViewRow row)
    {
        var column = Content(row.Schema);
        return _kind == Kind.Paths
            ? PixelInput.OfPaths(row, column, _steps.Loader!.ImageFolder, _model.Reader)
            : PixelInput.OfRows(new RowPixels(row, column, RowPixels.PathColumn(row.Schema, _files), _files, _model.Reader));
    }

    /// <summary>A row of the view over a row of the input.</summary>
    public DataViewRow ViewRow(DataViewRow input)
    {
        if (_kind != Kind.Pixels)
        {
            return input;
        }

        var mapper = ((ITransformer)Chain(_steps.Pixels)).GetRowToRowMapper(input.Schema);
        return mapper.GetRow(input, Columns(mapper.OutputSchema));
    }

    private DataViewSchema.Column Content(DataViewSchema view) => _kind == Kind.Pixels ? view[StockChain.Pixels] : view[_column];

    private static TransformerChain<ITransformer> Chain(IEnumerable<ITransformer> steps) => new([.. steps]);

    private static DataViewSchema.Column DependencyOf(ITransformer chain, DataViewSchema schema, string output)
    {
        var mapper = chain.GetRowToRowMapper(schema);
        return mapper.GetDependencies([mapper.OutputSchema[output]]).Single();
    }
}
