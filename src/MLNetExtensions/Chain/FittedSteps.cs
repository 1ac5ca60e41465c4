using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Steps around an ONNX model that no file holds, made of what the model says of itself.</summary>
internal static class FittedSteps
{
    /// <summary>All steps of a classifier's chain but the one that runs its ONNX model.</summary>
    /// <param name="ml">Where steps are made.</param>
    /// <param name="chain">The steps that the model came with; null where it came as itself.</param>
    /// <param name="metadata">The model's metadata.</param>
    public static StockSteps Complete(MLEnvironment ml, StockSteps? chain, ClassifierMetadata metadata) =>
        chain is null ? OfFile(ml, metadata)
        : chain.Label.Count == 0 ? WithLabel(ml, chain, metadata)
        : chain;

    /// <summary>The steps that <see cref="StockChain.OfFile"/> puts around an <c>.onnx</c> file.</summary>
    private static StockSteps OfFile(MLEnvironment ml, ClassifierMetadata metadata)
    {
        var rows = Rows(ml);
        var loader = StockChain.LoadImages(ml).Fit(rows);
        var (steps, scored) = Fit(
            new ChainParts(ml, StockChain.ImagesOf(metadata), null, Labels(ml, metadata)), loader.Transform(rows));
        return new StockSteps(
            [loader], [.. steps[ChainRole.Pixels]], [.. steps[ChainRole.Label]], [.. steps[ChainRole.Cleanup]],
            [StockChain.LabelToText(ml).Fit(scored)]);
    }

    private static StockSteps WithLabel(MLEnvironment ml, StockSteps steps, ClassifierMetadata metadata)
    {
        var (made, _) = Fit(new ChainParts(ml, null, null, Labels(ml, metadata)), Rows(ml));
        return steps with { Label = [.. made[ChainRole.Label]], Cleanup = [.. made[ChainRole.Cleanup]] };
    }

    private static LabelTable Labels(MLEnvironment ml, ClassifierMetadata metadata) =>
        LabelTable.Of(ml, ClassLabels.FromNames(metadata.Labels));

    private static (ILookup<ChainRole, ITransformer> Steps, IDataView Scored) Fit(ChainParts parts, IDataView view)
    {
        var steps = new List<(ChainRole Role, ITransformer Step)>();
        foreach (var step in StockChain.Steps)
        {
            if (step.Write(parts)?.Fit(view) is { } fitted)
            {
                steps.Add((step.Role, fitted));
                view = fitted.Transform(view);
            }
        }

        return (steps.ToLookup(step => step.Role, step => step.Step), view);
    }

    private static IDataView Rows(MLEnvironment ml) => ml.Data.LoadFromEnumerable(Array.Empty<Row>());

    /// <summary>What the steps on both sides of the ONNX model read.</summary>
    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        [ColumnName(StockChain.Pixels)]
        public byte Pixels { get; set; }

        [VectorType(1, 1)]
        [ColumnName(StockChain.Index)]
        public long[] Index { get; set; } = [];
    }
}
