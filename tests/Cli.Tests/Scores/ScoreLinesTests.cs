using System.Globalization;
using System.Text.Json;
using MLVision.Cli.Scores;
using MLVision.MLNetExtensions.Scoring.Results;

namespace Cli.Tests.Scores;

public class ScoreLinesTests
{
    private static readonly string[] Labels = ["rose", "a \"b\", ü"];

    [Fact]
    public void Of_Csv_IsQuotedWhereItMustBe()
    {
        var lines = ScoreLines.For("x.csv", Labels, ["note"]);
        var image = new InputImage("a,b.jpg", "/a,b.jpg", ["two\nlines"]);

        var row = lines.Of(image, new ImagePrediction("/a,b.jpg", Labels, [0.1f, 0.9f]));

        Assert.Equal("image,label,probability,scores,error,note\n", lines.Header);
        Assert.Equal(
            "\"a,b.jpg\",\"a \"\"b\"\", ü\",0.9,\"{\"\"rose\"\":0.1,\"\"a \\\"\"b\\\"\", ü\"\":0.9}\",,\"two\nlines\"\n", row);
        Assert.StartsWith(lines.Beginning(image), row, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_CsvOfAnUnreadableImage_HasTheErrorAlone()
    {
        var lines = ScoreLines.For("x.csv", Labels, ["given_label"]);

        var row = lines.Of(new InputImage("1.jpg", "/1.jpg", ["rose"]), ImagePrediction.Failed("/1.jpg", "the file is empty."));

        Assert.Equal("1.jpg,,,,the file is empty.,rose\n", row);
    }

    [Fact]
    public void Of_JsonLines_HasAllNamesAlways()
    {
        var lines = ScoreLines.For("x.JSONL", Labels, ["note"]);
        var image = new InputImage("ä.jpg", "/ä.jpg", ["n"]);

        var scored = lines.Of(image, new ImagePrediction("/ä.jpg", Labels, [0.75f, 0.25f]));
        var failed = lines.Of(image, ImagePrediction.Failed("/ä.jpg", "it is a folder."));

        Assert.Equal("", lines.Header);
        Assert.Equal(
            "{\"image\":\"ä.jpg\",\"label\":\"rose\",\"probability\":0.75,\"scores\":{\"rose\":0.75,\"a \\\"b\\\", ü\":0.25},"
            + "\"error\":null,\"note\":\"n\"}\n",
            scored);
        using var document = JsonDocument.Parse(failed);
        Assert.Equal(
            ["image", "label", "probability", "scores", "error", "note"],
            document.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("scores").ValueKind);
    }

    /// <summary>Small and odd numbers read back as the same float, in a language with decimal commas, too.</summary>
    [Fact]
    public void Of_Scores_ReadBackAsTheSame()
    {
        var scores = new[] { 1e-7f, float.BitDecrement(1) };
        var language = CultureInfo.CurrentCulture;
        try
        {
            var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            commas.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = commas;
            var row = ScoreLines.For("x.jsonl", Labels, []).Of(new InputImage("1", "/1", []), new ImagePrediction("1", Labels, scores));

            using var document = JsonDocument.Parse(row);
            Assert.Equal(
                scores, document.RootElement.GetProperty("scores").EnumerateObject().Select(property => property.Value.GetSingle()));
        }
        finally
        {
            CultureInfo.CurrentCulture = language;
        }
    }
}
