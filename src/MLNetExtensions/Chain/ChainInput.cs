using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Images.Columns;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The input of a chain's steps before its ONNX model: a schema, and the one column in it that the pixels come from.</summary>
/// <remarks>
/// The schema is the one that was saved with the model. ML.NET saves no columns of decoded images, and sometimes no schema at all; the
/// columns that image steps read are then added. Without a schema, steps that read something else are left out, unless a later step
/// reads what they would have made.
/// </remarks>
internal sealed class ChainInput
{
    private readonly DataViewSchema _schema;
    private readonly TransformerChain<ITransformer> _steps;

    private ChainInput(DataViewSchema schema, TransformerChain<ITransformer> steps, DataViewSchema.Column image) =>
        (_schema, _steps, Image) = (schema, steps, image);

    /// <summary>The column of file paths or decoded images that the pixels come from.</summary>
    public DataViewSchema.Column Image { get; }

    /// <summary>Finds out what the steps take.</summary>
    /// <param name="steps">The steps, the last of which makes <see cref="StockChain.Pixels"/>.</param>
    /// <param name="schema">The schema of the chain's input, as far as it is known.</param>
    /// <exception cref="InvalidDataException">The steps do not read an image from one column; the message is a sentence without its
    /// subject.</exception>
    public static ChainInput Of(IReadOnlyList<ITransformer> steps, DataViewSchema? schema)
    {
        var columns = (schema ?? ToSchema([])).Where(column => !column.IsHidden).Select(column => new DataViewSchema.DetachedColumn(column))
            .ToList();
        while (MissingImageColumn(steps, ToSchema(columns)) is { } missing)
        {
            columns.Add(missing);
        }

        var input = ToSchema(columns);
        var (fitting, left) = Fit(steps, input);
        var areMissed = left.Exists(step => ViewSteps.PairsOf(step).Count == 0)
            || fitting.SelectMany(ViewSteps.PairsOf).Select(pair => pair.Input)
                .Intersect(left.SelectMany(ViewSteps.PairsOf).Select(pair => pair.Output)).Any();
        if (left.Count > 0 && (schema is not null || areMissed))
        {
            throw new InvalidDataException(schema is null
                ? "was saved without the schema of its input, so the input of its first steps is not known: "
                    + "save it with Model.Save(model, data.Schema, path)"
                : "has steps that do not fit the schema it was saved with");
        }

        ITransformer chain = new TransformerChain<ITransformer>([.. fitting]);
        if (chain.GetOutputSchema(input).GetColumnOrNull(StockChain.Pixels) is null)
        {
            throw new InvalidDataException("lacks the step that makes its model's pixels");
        }

        if (!chain.IsRowToRowMapper)
        {
            throw new InvalidDataException("does not make its pixels row by row");
        }

        var mapper = chain.GetRowToRowMapper(input);
        return mapper.GetDependencies([mapper.OutputSchema[StockChain.Pixels]]).ToList() switch
        {
            [{ Type: TextDataViewType or ImageDataViewType } image] => new ChainInput(input, (TransformerChain<ITransformer>)chain, image),
            [var other] => throw new InvalidDataException($"takes {other.Type} in its column '{other.Name}', not image files or images"),
            [] => throw new InvalidDataException("does not read its input"),
            var several => throw new InvalidDataException(
                $"makes its pixels from several columns ({string.Join(", ", several.Select(column => column.Name))})"),
        };
    }

    /// <summary>Rows of that schema, an image file each.</summary>
    public IDataView Rows(IReadOnlyList<string> files) => new GivenRows(_schema, Image, files);

    /// <summary>The result of the steps on such rows.</summary>
    public IDataView Transform(IReadOnlyList<string> files) => _steps.Transform(Rows(files));

    /// <summary>The schema after a step; null where the step cannot be applied.</summary>
    public static DataViewSchema? Apply(ITransformer step, DataViewSchema input)
    {
        try
        {
            return step.GetOutputSchema(input);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // What ML.NET's transformers throw for a column that is missing or of another type.
            return null;
        }
    }

    /// <summary>The first column of paths or images that a step reads and that is not there.</summary>
    private static DataViewSchema.DetachedColumn? MissingImageColumn(IReadOnlyList<ITransformer> steps, DataViewSchema input)
    {
        var current = input;
        foreach (var step in steps)
        {
            DataViewType? type = step is ImageLoadingTransformer ? TextDataViewType.Instance
                : step is ImageResizingTransformer or ImageGrayscalingTransformer ? new ImageDataViewType()
                : null;
            if (type is not null
                && ViewSteps.PairsOf(step).FirstOrDefault(pair => current.GetColumnOrNull(pair.Input) is null).Input is { } name
                && input.GetColumnOrNull(name) is null)
            {
                return new DataViewSchema.DetachedColumn(name, type);
            }

            current = Apply(step, current) ?? current;
        }

        return null;
    }

    /// <summary>The steps that can be applied, and the others.</summary>
    private static (List<ITransformer> Fitting, List<ITransformer> Left) Fit(IEnumerable<ITransformer> steps, DataViewSchema input)
    {
        var (fitting, left, current) = (new List<ITransformer>(), new List<ITransformer>(), input);
        foreach (var step in steps)
        {
            var output = Apply(step, current);
            (output is not null ? fitting : left).Add(step);
            current = output ?? current;
        }

        return (fitting, left);
    }

    private static DataViewSchema ToSchema(IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(columns);
        return builder.ToSchema();
    }
}
