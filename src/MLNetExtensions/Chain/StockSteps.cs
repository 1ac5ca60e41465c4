using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Images.Columns;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The steps of a chain around an image classifier's ONNX model, told apart by <see cref="StockChain.Steps"/>.</summary>
/// <param name="Before">Steps before the classifier, including the loader of its images.</param>
/// <param name="Pixels">From the image column, or one of pixels, to <see cref="StockChain.Pixels"/>.</param>
/// <param name="Label">From the index of the best class to the label's key; none in a chain without such steps.</param>
/// <param name="Cleanup">Drops the columns in between; none in a chain without label steps.</param>
/// <param name="After">Steps after the classifier.</param>
internal sealed record StockSteps(
    IReadOnlyList<ITransformer> Before, IReadOnlyList<ITransformer> Pixels, IReadOnlyList<ITransformer> Label,
    IReadOnlyList<ITransformer> Cleanup, IReadOnlyList<ITransformer> After)
{
    /// <summary>The last step before the classifier if it loads the images from files, otherwise null.</summary>
    public ImageLoadingTransformer? Loader =>
        Pixels[0] is ImageResizingTransformer && Before is [.., ImageLoadingTransformer loader] ? loader : null;

    /// <summary>The steps that come after the classifier in its file but cannot be loaded here, and why; null without such.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Finds the classifier in a chain, which may contain chains.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <exception cref="ModelFileException">There is not exactly one ONNX model in it, or the steps do not fit together.</exception>
    public static (StockSteps Steps, ITransformer Onnx) Of(ITransformer chain, string name)
    {
        var steps = Flatten(chain).ToList();
        var scores = StockChain.Steps.Single(step => step.Role == ChainRole.Scores);
        return steps.Index().Where(step => scores.Fits(step.Item)).ToList() is [var (at, onnx)]
            ? (Of(steps[..at], steps[(at + 1)..], name), onnx)
            : throw new ModelFileException(
                $"{name} is not an image classifier of this product: expected transformers with one ONNX model among them.");
    }

    /// <summary>Tells the steps around an ONNX model apart.</summary>
    /// <param name="before">The steps before it.</param>
    /// <param name="after">The steps after it; null for one that cannot be loaded.</param>
    /// <param name="name">What errors call the chain.</param>
    /// <exception cref="ModelFileException">No step makes the model's pixels, or the steps do not fit together.</exception>
    public static StockSteps Of(IReadOnlyList<ITransformer> before, IReadOnlyList<ITransformer?> after, string name)
    {
        if (before.Count == 0)
        {
            throw new ModelFileException($"{name} lacks the step that makes its model's pixels; {ArchivedClassifier.Remedy}.");
        }

        var pixels = PixelSteps(before);
        var behind = StockChain.Steps.SkipWhile(step => step.Role != ChainRole.Scores).Skip(1).ToList();
        var hasLabel = after.Count >= behind.Count && behind.Zip(after).All(pair => pair.First.Fits(pair.Second));
        List<ITransformer> Behind(ChainRole role) => hasLabel
            ? [.. behind.Zip(after).Where(pair => pair.First.Role == role).Select(pair => pair.Second!)] : [];
        var steps = new StockSteps(
            [.. before.SkipLast(pixels)], [.. before.TakeLast(pixels)], Behind(ChainRole.Label), Behind(ChainRole.Cleanup),
            [.. after.Skip(hasLabel ? behind.Count : 0).OfType<ITransformer>()]);
        return !hasLabel || MakeKey(steps.Label) ? steps
            : throw new ModelFileException($"{name} is damaged: its steps do not fit together; save it again.");
    }

    /// <summary>Which column the steps miss in their input, in a sentence; null where they miss none.</summary>
    public string? WhyUnfit(DataViewSchema input)
    {
        var current = input;
        foreach (var step in Before.Concat(Pixels))
        {
            if (ChainInput.Apply(step, current) is { } made)
            {
                current = made;
                continue;
            }

            var missing = ViewSteps.PairsOf(step).Select(pair => pair.Input).FirstOrDefault(name => current.GetColumnOrNull(name) is null);
            return missing is null ? null : PixelColumn.Missing(missing, input);
        }

        return null;
    }

    /// <summary>
    /// How many of the last steps the chain's shape knows: such as read what the next one makes; the last one of all counts in any case.
    /// </summary>
    private static int PixelSteps(IReadOnlyList<ITransformer> before)
    {
        var shape = StockChain.Steps.Where(step => step.Role == ChainRole.Pixels).ToList();
        var known = 1;
        while (known < Math.Min(shape.Count, before.Count) && shape[^known].Fits(before[^known])
            && shape[^(known + 1)].Fits(before[^(known + 1)])
            && ViewSteps.PairsOf(before[^known]).Select(pair => pair.Input)
                .Intersect(ViewSteps.PairsOf(before[^(known + 1)]).Select(pair => pair.Output)).Any())
        {
            known++;
        }

        return known;
    }

    /// <summary>Whether steps make the label's key of the index.</summary>
    private static bool MakeKey(IEnumerable<ITransformer> steps)
    {
        var index = new DataViewSchema.Builder();
        index.AddColumn(StockChain.Index, new VectorDataViewType(NumberDataViewType.Int64, 1, 1));
        var made = steps.Aggregate(
            (DataViewSchema?)index.ToSchema(), (schema, step) => schema is null ? null : ChainInput.Apply(step, schema));
        return made?.GetColumnOrNull(StockChain.PredictedLabel)?.Type is KeyDataViewType { RawType: var type } && type == typeof(uint);
    }

    private static IEnumerable<ITransformer> Flatten(ITransformer model) => model switch
    {
        IStockChainOwner owner => Flatten(owner.Chain),
        IEnumerable<ITransformer> chain => chain.SelectMany(Flatten),
        _ => [model],
    };
}
