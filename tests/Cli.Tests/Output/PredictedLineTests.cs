using System.Text.Json;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions.Scoring.Results;

namespace Cli.Tests.Output;

public sealed class PredictedLineTests
{
    private static readonly string[] Labels = ["rose", "tulip"];

    [Fact]
    public void Of_ModelWithoutFamiliarity_HasTheFourProperties() => Assert.Equal(
        """{"image":"a.jpg","label":"tulip","probability":0.75,"scores":{"rose":0.25,"tulip":0.75}}""",
        Json(new ImagePrediction("a.jpg", Labels, [0.25f, 0.75f])));

    [Fact]
    public void Of_Stranger_HasNoLabelAndTheReason() => Assert.Equal(
        """
        {"image":"a.jpg","label":null,"probability":0.75,"familiarity":0.5,"refusal":"it is strange.","scores":{"rose":0.25,"tulip":0.75}}
        """,
        Json(new ImagePrediction("a.jpg", Labels, [0.25f, 0.75f]) { Familiarity = 0.5f, Refusal = "it is strange." }));

    private static string Json(ImagePrediction prediction) =>
        JsonSerializer.Serialize(PredictedLine.Of(prediction, Labels), JsonSerializerOptions.Web);
}
