using System.Buffers;
using System.Text;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLVision.Cli.Scores;

/// <summary>Rows of CSV, as RFC 4180 has them but for line feeds; the scores of an image are a JSON object in one column.</summary>
internal sealed class CsvScoreLines(IReadOnlyList<string> labels, IReadOnlyList<string> carried) : ScoreLines(labels, carried)
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    public override bool AreQuoted => true;

    public override string Header => string.Join(',', Columns.Concat(Carried).Select(Cell)) + '\n';

    public override string Beginning(InputImage image) => Cell(image.Name) + ',';

    protected override void AddRest(StringBuilder row, InputImage image, ImagePrediction prediction)
    {
        if (prediction.Error is { } error)
        {
            row.Append(",,,").Append(Cell(error));
        }
        else
        {
            row.Append(Cell(prediction.Label ?? "")).Append(',').Append(Number(prediction.Probability)).Append(',')
                .Append(Cell(Scores(prediction))).Append(',');
        }

        foreach (var value in image.Carried)
        {
            row.Append(',').Append(Cell(value));
        }
    }

    private static string Cell(string value) => value.AsSpan().ContainsAny(NeedQuotes)
        ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
