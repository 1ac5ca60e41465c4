using Microsoft.ML;
using Microsoft.ML.Data;

namespace StockConsumer;

/// <summary>An image classifier loaded from a <c>model.zip</c>: all that an app needs to use one.</summary>
internal sealed class ImageClassifier : IDisposable
{
    private readonly PredictionEngine<ImageInput, Prediction> _engine;
    private readonly PredictionEngine<ImageInput, TrustedPrediction>? _trusted;     // where the model gives more than scores
    private readonly string[] _labels;

    /// <summary>Loads the model as any ML.NET model is loaded.</summary>
    /// <exception cref="BadInputException">The file is missing, damaged, or not an image classifier.</exception>
    public ImageClassifier(string path)
    {
        if (!File.Exists(path))
        {
            throw new BadInputException($"The model file '{path}' does not exist.");
        }

        try
        {
            var ml = new MLContext();
            ITransformer model = ml.Model.Load(path, out _);
            _engine = ml.Model.CreatePredictionEngine<ImageInput, Prediction>(model);
            _trusted = TrustedPrediction.Columns.All(name => _engine.OutputSchema.GetColumnOrNull(name) is not null)
                ? ml.Model.CreatePredictionEngine<ImageInput, TrustedPrediction>(model) : null;
            VBuffer<ReadOnlyMemory<char>> slotNames = default;
            _engine.OutputSchema["Score"].GetSlotNames(ref slotNames);
            _labels = [.. slotNames.DenseValues().Select(name => name.ToString())];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // ML.NET documents no exception for a file that it cannot load: the zip reader or a loader may throw anything.
            throw new BadInputException($"'{path}' is damaged or not an image classifier: {BadInputException.Cause(e)}", e);
        }
    }

    /// <summary>Labels one image.</summary>
    /// <exception cref="BadInputException">The image cannot be read.</exception>
    public ScoredImage Score(string path)
    {
        try
        {
            var input = new ImageInput { ImagePath = path };
            var trusted = _trusted?.Predict(input);
            var prediction = trusted ?? _engine.Predict(input);
            var scores = _labels.Zip(prediction.Score).ToDictionary(pair => pair.First, pair => pair.Second);
            return new ScoredImage(
                path, prediction.PredictedLabel, prediction.Score.Max(), scores, trusted?.Familiarity[0], trusted?.Embedding);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The same holds for an image that cannot be decoded.
            throw new BadInputException($"The image '{path}' cannot be read: {BadInputException.Cause(e)}", e);
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        _trusted?.Dispose();
    }

    private sealed class ImageInput
    {
        public string ImagePath { get; set; } = "";

        /// <summary>Needed, but not used, if the model was saved with the mapping of its training labels.</summary>
        public string Label { get; set; } = "";
    }

    private class Prediction
    {
        public float[] Score { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }

    /// <summary>The columns that a model has which was asked for them in training.</summary>
    private sealed class TrustedPrediction : Prediction
    {
        public static IReadOnlyList<string> Columns { get; } = [nameof(Familiarity), nameof(Embedding)];

        public float[] Familiarity { get; set; } = [];

        public float[] Embedding { get; set; } = [];
    }
}

/// <summary>The model's prediction for an image.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Label">The most probable class.</param>
/// <param name="Probability">The probability of that class.</param>
/// <param name="Scores">The probability of every class, in the model's order.</param>
/// <param name="Familiarity">The share of known images that are as strange; null where the model does not give it.</param>
/// <param name="Embedding">What the model's last layer saw; null where the model does not give it.</param>
internal sealed record ScoredImage(
    string Image, string Label, float Probability, IReadOnlyDictionary<string, float> Scores, float? Familiarity, float[]? Embedding);

/// <summary>The user's input cannot be used; the message is one sentence to show to the user.</summary>
internal sealed class BadInputException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The underlying error, for the end of a sentence.</summary>
    public static string Cause(Exception e) => e.GetBaseException().Message.Split('\n')[0].Trim();
}
