using MLVision.Cli.Output;
using MLVision.MLNetExtensions.Scoring.Results;

namespace Cli.Tests.Output;

public sealed class PredictedTextTests
{
    private static readonly string[] Labels = ["rose", "lily, white", "tulip"];

    [Fact]
    public void WriteCsv_TopTwo_HasARowForEachRank()
    {
        using var output = new StringWriter();

        PredictedText.WriteCsv(output, [PredictedLine.Of(new ImagePrediction("a.jpg", Labels, [0.1f, 0.3f, 0.6f]), Labels, top: 2)]);

        Assert.Equal(
            "image,rank,label,probability\na.jpg,1,tulip,0.6000\na.jpg,2,\"lily, white\",0.3000\n", output.ToString());
    }

    [Fact]
    public void WriteCsv_Refused_HasNoLabel()
    {
        using var output = new StringWriter();
        var stranger = new ImagePrediction("a.jpg", Labels, [0.1f, 0.3f, 0.6f]) { Refusal = "it is strange." };

        PredictedText.WriteCsv(output, [PredictedLine.Of(stranger, Labels, top: 2)]);

        Assert.Equal("image,rank,label,probability\na.jpg,1,,0.6000\n", output.ToString());
    }

    [Fact]
    public void Of_Top_KeepsTheMostProbableFirst() => Assert.Equal(
        ["tulip", "lily, white"], PredictedLine.Of(new ImagePrediction("a.jpg", Labels, [0.1f, 0.3f, 0.6f]), Labels, top: 2).Scores.Keys);
}
