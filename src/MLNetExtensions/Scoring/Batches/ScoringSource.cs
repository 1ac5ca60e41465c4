using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetExtensions;

/// <summary>How a schema's rows become pixels: from files, from images, or through the stock steps.</summary>
/// <remarks>
/// Where the chain loads its images from files just before the classifier, the files are read here, so that the images are neither
/// decoded twice nor kept decoded; the image column stays, and is loaded where someone wants it. Otherwise, unless images may be read the
/// fast way, the stock steps make the pixels.
/// </remarks>
internal sealed class ScoringSource
{
    private readonly StockSteps _steps;
    private readonly LoadedModel _model;
    private readonly int _column;
    private readonly Kind _kind;

    private ScoringSource(StockSteps steps, LoadedModel model, int column, Kind kind) =>
        (_steps, _model, _column, _kind) = (steps, model, column, kind);

    private enum Kind
    {
        Paths,
        Images,
        Pixels,
    }

    /// <summary>Looks at a schema.</summary>
    /// <exception cref="ArgumentException">The schema lacks what the chain's first steps take, or has it in another type; the error is ML.NET's.</exception>
    public static ScoringSource Of(StockSteps steps, LoadedModel model, DataViewSchema schema)
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

        return model.Reader.Mode == PixelMode.Fast && image.Type is Microsoft.ML.Transforms.Image.ImageDataViewType
            ? new ScoringSource(steps, model, image.Index, Kind.Images)
            : new ScoringSource(steps, model, image.Index, Kind.Pixels);
    }

    /// <summary>The view to read, whose first columns are the input's.</summary>
    public IDataView View(IDataView input) => _kind == Kind.Pixels ? Chain(_steps.Pixels).Transform(input) : input;

    /// <summary>The column of the view that pixels are read from.</summary>
    public DataViewSchema.Column Column(DataViewSchema view) => _kind == Kind.Pixels ? view[StockChain.Pixels] : view[_column];

    /// <summary>The column of the input that pixels come from in the end.</summary>
    public DataViewSchema.Column InputColumn(DataViewSchema input) => input[_column];

    /// <summary>Binds to a row or cursor of the view.</summary>
    public PixelInput Bind(DataViewRow row)
    {
        var column = Column(row.Schema);
        return _kind switch
        {
            Kind.Paths => PixelInput.OfPaths(row, column, _steps.Loader!.ImageFolder, _model.Reader),
            Kind.Images => PixelInput.OfImages(row, column, _model.Reader),
            _ => PixelInput.OfPixels(row, column),
        };
    }

    /// <summary>A row of the view over a row of the input.</summary>
    public DataViewRow ViewRow(DataViewRow input)
    {
        if (_kind != Kind.Pixels)
        {
            return input;
        }

        var mapper = ((ITransformer)Chain(_steps.Pixels)).GetRowToRowMapper(input.Schema);
        return mapper.GetRow(input, [mapper.OutputSchema[StockChain.Pixels]]);
    }

    private static TransformerChain<ITransformer> Chain(IEnumerable<ITransformer> steps) => new([.. steps]);

    private static DataViewSchema.Column DependencyOf(ITransformer chain, DataViewSchema schema, string output)
    {
        var mapper = chain.GetRowToRowMapper(schema);
        return mapper.GetDependencies([mapper.OutputSchema[output]]).Single();
    }
}
