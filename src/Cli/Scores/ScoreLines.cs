using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Cli.Scores;

/// <summary>What a row of a result looks like; each ends with a line feed.</summary>
/// <param name="labels">The model's classes.</param>
/// <param name="carried">Columns that are carried along.</param>
internal abstract class ScoreLines(IReadOnlyList<string> labels, IReadOnlyList<string> carried)
{
    /// <summary>The columns of each result, before those that are carried along.</summary>
    public static readonly string[] Columns = ["image", "label", "probability", "scores", "error"];

    private readonly JsonEncodedText[] _labels = [.. labels.Select(label => JsonEncodedText.Encode(label, Encoder))];

    /// <summary>File name endings of the formats.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".csv", ".jsonl"];

    /// <summary>Whether a line feed in quotes is part of a value.</summary>
    public abstract bool AreQuoted { get; }

    /// <summary>What the file begins with.</summary>
    public abstract string Header { get; }

    /// <summary>Columns that are carried along.</summary>
    protected IReadOnlyList<string> Carried => carried;

    /// <summary>Letters stay as they are; JSON in a file needs no guard against HTML.</summary>
    protected static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The format that a file's name asks for.</summary>
    public static ScoreLines For(string path, IReadOnlyList<string> labels, IReadOnlyList<string> carried) =>
        Path.GetExtension(path).Equals(Endings[0], StringComparison.OrdinalIgnoreCase)
            ? new CsvScoreLines(labels, carried) : new JsonScoreLines(labels, carried);

    /// <summary>What the row of an image begins with.</summary>
    public abstract string Beginning(InputImage image);

    /// <summary>The row of an image.</summary>
    public string Of(InputImage image, ImagePrediction prediction)
    {
        var row = new StringBuilder(Beginning(image));
        AddRest(row, image, prediction);
        return row.Append('\n').ToString();
    }

    /// <summary>Adds what stands behind the beginning.</summary>
    protected abstract void AddRest(StringBuilder row, InputImage image, ImagePrediction prediction);

    /// <summary>The scores as a JSON object, in the model's order.</summary>
    protected string Scores(ImagePrediction prediction)
    {
        var scores = new StringBuilder("{");
        for (var i = 0; i < _labels.Length; i++)
        {
            scores.Append(i == 0 ? "\"" : ",\"").Append(_labels[i].Value).Append("\":").Append(Number(prediction.Scores[i]));
        }

        return scores.Append('}').ToString();
    }

    /// <summary>The shortest number that reads back as the same.</summary>
    protected static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
