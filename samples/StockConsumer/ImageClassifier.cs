using Microsoft.ML;
using Microsoft.ML.Data;

namespace StockConsumer;

/// <summary>An image classifier loaded from a <c>model.zip</c>: all that an app needs to use one.</summary>
internal sealed class ImageClassifier : IDisposable
{
    private readonly PredictionEngine<ImageInput, Prediction> _engine;
    private readonly string[] _labels;

    /// <summary>Loads the model as any ML.NET model is loaded.</summary>
    /// <exception cref="BadInputException">The file is missing, damaged, or no image classifier.</exception>
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
            VBuffer<ReadOnlyMemory<char>> slotNames = default;
            _engine.OutputSchema["Score"].GetSlotNames(ref slotNames);
            _labels = [.. slotNames.DenseValues().Select(name => name.ToString())];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // ML.NET names no exception for a file it cannot load: anything may come out of the zip reader or a loader.
            throw new BadInputException($"'{path}' is damaged or no image classifier: {BadInputException.Cause(e)}", e);
        }
    }

    /// <summary>Labels one image.</summary>
    /// <exception cref="BadInputException">The image cannot be read.</exception>
    public ScoredImage Score(string path)
    {
        try
        {
            var prediction = _engine.Predict(new ImageInput { ImagePath = path });
            var scores = _labels.Zip(prediction.Score).ToDictionary(pair => pair.First, pair => pair.Second);
            return new ScoredImage(path, prediction.PredictedLabel, prediction.Score.Max(), scores);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nor does it name one for an image that cannot be decoded.
            throw new BadInputException($"The image '{path}' cannot be read: {BadInputException.Cause(e)}", e);
        }
    }

    public void Dispose() => _engine.Dispose();

    private sealed class ImageInput
    {
        public string ImagePath { get; set; } = "";

        /// <summary>Asked for, though not used, by a model that was saved with the mapping of its training labels.</summary>
        public string Label { get; set; } = "";
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }
}

/// <summary>What the model says of an image.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Label">The most probable class.</param>
/// <param name="Probability">The probability of that class.</param>
/// <param name="Scores">The probability of every class, in the model's order.</param>
internal sealed record ScoredImage(string Image, string Label, float Probability, IReadOnlyDictionary<string, float> Scores);

/// <summary>The user gave something that cannot be used; the message is the one sentence to show.</summary>
internal sealed class BadInputException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What went wrong underneath, fit to stand at the end of a sentence.</summary>
    public static string Cause(Exception e) => e.GetBaseException().Message.Split('\n')[0].Trim();
}
