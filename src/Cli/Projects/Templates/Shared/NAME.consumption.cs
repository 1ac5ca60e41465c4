// Written by `mlvision new`. It needs Microsoft's packages alone: nothing of what trained the model.

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace {{Namespace}};

/// <summary>The image classifier: its input, its output, and predictions.</summary>
public static partial class {{Class}}
{
    private const string ModelFile = {{ModelFile}};
    private const string LoadedColumn = "Photograph";

    /// <summary>Predicts; made when it is first used. Use it on one thread at a time, as <see cref="Predict"/> does.</summary>
    public static readonly Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine = new(CreatePredictEngine, true);

    /// <summary>Where the model is: beside the program.</summary>
    public static string MLNetModelPath { get; } = Path.Combine(AppContext.BaseDirectory, ModelFile);

    /// <summary>The classes in the order of <see cref="ModelOutput.Score"/>.</summary>
    public static IReadOnlyList<string> LabelNames { get; } =
    [
{{each Labels}}
        Labels.{{Identifier}},
{{end}}
    ];

    /// <summary>Labels a photograph.</summary>
    /// <param name="input">The photograph.</param>
    /// <exception cref="InvalidDataException">It cannot be read as an image.</exception>
    public static ModelOutput Predict(ModelInput input)
    {
        var engine = PredictEngine.Value;
        lock (engine)
        {
            return engine.Predict(input);
        }
    }

    /// <summary>Labels a photograph, and gives the probability of every class, the most probable one first.</summary>
    /// <param name="input">The photograph.</param>
    /// <exception cref="InvalidDataException">It cannot be read as an image.</exception>
    public static IOrderedEnumerable<KeyValuePair<string, float>> PredictAllLabels(ModelInput input) =>
        GetSortedScoresWithLabels(Predict(input));

    /// <summary>The probability of every class, the most probable one first.</summary>
    /// <param name="result">What <see cref="Predict"/> gave.</param>
    public static IOrderedEnumerable<KeyValuePair<string, float>> GetSortedScoresWithLabels(ModelOutput result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return LabelNames.Zip(result.Score, KeyValuePair.Create).OrderByDescending(score => score.Value);
    }

    /// <summary>Makes what predicts.</summary>
    public static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
    {
        var ml = new MLContext();
        return ml.Model.CreatePredictionEngine<ModelInput, ModelOutput>(LoadModel(ml));
    }

    /// <summary>Loads the model, so that it takes the bytes of photographs instead of paths of files.</summary>
    /// <param name="ml">Where it is loaded.</param>
    public static ITransformer LoadModel(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        var steps = StepsOf(ml.Model.Load(MLNetModelPath, out _)).ToList();
        // The model's own first step reads files. What reads bytes takes its place, and gives the same column.
        var first = steps.FindIndex(step => step is ImageLoadingTransformer);
        var paths = ml.Data.LoadFromEnumerable(Array.Empty<ImageFile>()).Schema;
        var column = steps[first].GetOutputSchema(paths).Single(column => column.Type is ImageDataViewType).Name;
        var photographs = ml.Data.LoadFromEnumerable(Array.Empty<ModelInput>());
        var reader = ml.Transforms.CustomMapping<ModelInput, Photograph>(Read, contractName: null)
            .Append(ml.Transforms.CopyColumns(column, LoadedColumn))
            .Fit(photographs);
        return new TransformerChain<ITransformer>([.. steps[..first], reader, .. steps[(first + 1)..]]);
    }

    private static void Read(ModelInput input, Photograph photograph)
    {
        // The same object is filled for every row; the row before is done with its image.
        photograph.Image?.Dispose();
        photograph.Image = null;
        try
        {
            photograph.Image = MLImage.CreateFromStream(new MemoryStream(input.ImageSource));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The file cannot be read as an image.", e);
        }
    }

    private static IEnumerable<ITransformer> StepsOf(ITransformer model) =>
        model is TransformerChain<ITransformer> chain ? chain.SelectMany(StepsOf) : [model];

    /// <summary>A photograph to be labelled.</summary>
    public class ModelInput
    {
        /// <summary>The class that it belongs to, where that is known.</summary>
        [ColumnName("Label")]
        public string Label { get; set; } = "";

        /// <summary>The bytes of the image file: JPEG, PNG, BMP, GIF or WebP.</summary>
        [ColumnName("ImageSource")]
        public byte[] ImageSource { get; set; } = [];
    }

    /// <summary>What the model says of a photograph.</summary>
    public class ModelOutput
    {
        /// <summary>The most probable class.</summary>
        [ColumnName("PredictedLabel")]
        public string PredictedLabel { get; set; } = "";

        /// <summary>The probability of every class, in the order of <see cref="LabelNames"/>; their sum is 1.</summary>
        [ColumnName("Score")]
        public float[] Score { get; set; } = [];
{{if HasFamiliarity}}

        /// <summary>
        /// One number: the share of known images that are as strange as this one or stranger. Near 0, it is none of the classes.
        /// </summary>
        [ColumnName("Familiarity")]
        public float[] Familiarity { get; set; } = [];
{{end}}
    }

    /// <summary>The model's classes.</summary>
    public static class Labels
    {
{{each Labels}}
        /// <summary>A class of the model.</summary>
        public const string {{Identifier}} = {{Name}};
{{end}}
    }

    /// <summary>What the model was saved for.</summary>
    private sealed class ImageFile
    {
        public string ImagePath { get; set; } = "";
    }

    private sealed class Photograph
    {
        [ColumnName(LoadedColumn)]
        [ImageType(1, 1)]    // a size must be given; the model takes any
        public MLImage? Image { get; set; }
    }
}
