using System.Text;
using System.Text.Json;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Cli.Scores;

/// <summary>JSON lines: an object for each image, all with the same names; what an image has not is null.</summary>
internal sealed class JsonScoreLines(IReadOnlyList<string> labels, IReadOnlyList<string> carried) : ScoreLines(labels, carried)
{
    private const string Nothing = "null";

    public override bool AreQuoted => false;

    public override string Header => "";

    public override string Beginning(InputImage image) => $"{{\"image\":{Text(image.Name)},";

    protected override void AddRest(StringBuilder row, InputImage image, ImagePrediction prediction)
    {
        var isScored = prediction.Error is null;
        row.Append("\"label\":").Append(isScored ? Text(prediction.Label) : Nothing)
            .Append(",\"probability\":").Append(isScored ? Number(prediction.Probability) : Nothing)
            .Append(",\"scores\":").Append(isScored ? Scores(prediction) : Nothing)
            .Append(",\"error\":").Append(Text(prediction.Error));
        foreach (var (name, value) in Carried.Zip(image.Carried))
        {
            row.Append(',').Append(Text(name)).Append(':').Append(Text(value));
        }

        row.Append('}');
    }

    private static string Text(string? value) => value is null ? Nothing : $"\"{JsonEncodedText.Encode(value, Encoder).Value}\"";
}
