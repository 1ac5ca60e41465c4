using Microsoft.ML;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The image classifier in an ML.NET <c>model.zip</c>: its ONNX model, and the steps around that.</summary>
/// <remarks>
/// The steps before the model must turn images into the pixels that <see cref="Images.ImageReader"/> makes of them, which is tried: whoever
/// scores reads images by that, not by the zip's steps.
/// </remarks>
internal sealed record ArchivedClassifier(OnnxModel Onnx, StockSteps Steps)
{
    /// <summary>What to do with a model that only ML.NET's own steps prepare images for.</summary>
    public const string Remedy =
        "score it with MLContext.Model.Load and PredictionEngine, or in batches with MLContext.Model.Load and ToBatched";

    /// <summary>Reads a zip.</summary>
    /// <param name="models">Loads the steps.</param>
    /// <param name="zip">The file, at its beginning.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <exception cref="ModelFileException">The zip is damaged, not an ML.NET model, or not an image classifier that can be scored from
    /// encoded images.</exception>
    public static ArchivedClassifier Read(ModelOperationsCatalog models, Stream zip, string name)
    {
        try
        {
            using var archive = new ModelArchive(zip);
            if (archive.Onnx is not [var onnx])
            {
                throw new ModelFileException(
                    $"{name} is not an image classifier of this product: expected an ML.NET model with one ONNX model inside.");
            }

            var model = OnnxModel.OfBytes(archive.ReadOnnx(onnx), name, "zip");
            archive.CheckOthers();
            var steps = LoadSteps(models, archive, onnx, name);
            if (PixelProbe.WhyPixelsDiffer([.. steps.Before, .. steps.Pixels], archive.ReadSchema(models)) is { } difference)
            {
                throw new ModelFileException($"{name} {difference}; {Remedy}.");
            }

            return new ArchivedClassifier(model, steps);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
        {
            // Neither the zip reader nor ML.NET documents its exceptions for damaged files. Whatever they throw, the model cannot be read.
            throw new ModelFileException($"{name} is not an ML.NET model, or it is damaged{ForeignError.InBrackets(e)}; save it again.", e);
        }
    }

    /// <summary>
    /// Loads the steps around the ONNX model. Without those before it and those that make the label there is no classifier; a step further
    /// on, which may be of an assembly that only the training app has, changes nothing about it.
    /// </summary>
    private static StockSteps LoadSteps(ModelOperationsCatalog models, ModelArchive archive, int onnx, string name)
    {
        var before = Enumerable.Range(0, onnx).Select(step => LoadOrThrow(step)).ToList();
        var needed = onnx + 1 + StockChain.Steps.SkipWhile(step => step.Role != ChainRole.Scores).Skip(1).Count();
        var after = new List<ITransformer?>();
        string? leftOut = null;
        for (var step = onnx + 1; step < archive.Count; step++)
        {
            try
            {
                after.Add(LoadOrThrow(step));
            }
            catch (ModelFileException e) when (step >= needed)
            {
                leftOut ??= e.Message;
                after.Add(null);
            }
        }

        return StockSteps.Of(before, after, name) with { LeftOut = leftOut };

        ITransformer LoadOrThrow(int step)
        {
            try
            {
                return archive.Load(models, step);
            }
            catch (Exception e) when (e is not (OutOfMemoryException or ImageClassificationException))
            {
                // ML.NET throws what the transform's own code throws, or what fails about its assembly.
                throw new ModelFileException(
                    $"{name} has a transform that ML.NET cannot load: it is damaged, or of an assembly that is not here"
                    + $"{ForeignError.InBrackets(e.GetBaseException())}; add the assembly, or save the model anew.", e);
            }
        }
    }
}
