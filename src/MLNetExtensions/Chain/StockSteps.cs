using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The steps of a chain around an image classifier, told apart by what they do.</summary>
/// <param name="Before">Steps before the classifier, the loader of its images among them.</param>
/// <param name="Loader">The last step before the classifier where that loads its images from files, otherwise null.</param>
/// <param name="Pixels">From the image column, or one of pixels, to <see cref="StockChain.Pixels"/>.</param>
/// <param name="Onnx">From pixels to scores and the index of the best class.</param>
/// <param name="Label">From that index to the label's key.</param>
/// <param name="Cleanup">Drops the columns in between.</param>
/// <param name="After">Steps after the classifier.</param>
internal sealed record StockSteps(
    IReadOnlyList<ITransformer> Before, ImageLoadingTransformer? Loader, IReadOnlyList<ITransformer> Pixels, OnnxTransformer Onnx,
    IReadOnlyList<ITransformer> Label, ITransformer Cleanup, IReadOnlyList<ITransformer> After)
{
    /// <summary>Hash, hash to label, label to key: see <see cref="StockChain"/>.</summary>
    private const int LabelSteps = 3;

    /// <summary>Finds the classifier in a chain, which may hold chains.</summary>
    /// <param name="model">The chain.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ModelFileException">There is no classifier made by this product in it, or more than one.</exception>
    public static StockSteps Of(ITransformer model, string name)
    {
        var steps = Flatten(model).ToList();
        var onnx = steps.FindIndex(step => step is OnnxTransformer);
        var pixels = onnx < 1 ? 0 : steps[onnx - 1] is ColumnCopyingTransformer ? 1 : 2;
        if (pixels == 0 || pixels > onnx || onnx + LabelSteps + 1 >= steps.Count
            || steps[onnx + 1] is not HashingTransformer
            || steps[onnx + 2] is not ValueMappingTransformer
            || steps[onnx + 3] is not ValueToKeyMappingTransformer
            || steps.FindLastIndex(step => step is OnnxTransformer) != onnx)
        {
            throw new ModelFileException(
                $"{name} is no image classifier of this product: expected one ONNX model between the transforms that it writes.");
        }

        var before = steps[..(onnx - pixels)];
        var loader = steps[onnx - pixels] is ImageResizingTransformer ? before.LastOrDefault() as ImageLoadingTransformer : null;
        return new StockSteps(
            before, loader, steps[(onnx - pixels)..onnx], (OnnxTransformer)steps[onnx],
            steps[(onnx + 1)..(onnx + 1 + LabelSteps)], steps[onnx + LabelSteps + 1], steps[(onnx + LabelSteps + 2)..]);
    }

    private static IEnumerable<ITransformer> Flatten(ITransformer model) => model switch
    {
        IStockChainOwner owner => Flatten(owner.Chain),
        IEnumerable<ITransformer> chain => chain.SelectMany(Flatten),
        _ => [model],
    };
}
