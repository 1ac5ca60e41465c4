using System.Text.Json;
using MLVision.MLNetExtensions.Scoring.Results;

namespace MLNetExtensions.Tests.Scoring.Results;

public sealed class ImagePredictionTests
{
    private static readonly string[] Labels = ["a", "b", "c"];

    [Fact]
    public void Label_OfScores_IsTheMostProbable()
    {
        var prediction = new ImagePrediction("x.jpg", Labels, [0.2f, 0.5f, 0.3f]);

        Assert.Equal(("b", 0.5f, null), (prediction.Label, prediction.Probability, prediction.Error));
    }

    [Theory]
    [InlineData(1, new[] { "b" })]
    [InlineData(2, new[] { "b", "a" })]
    [InlineData(9, new[] { "b", "a", "c" })]
    public void Top_SomeOfThree_AreInFallingOrderAndEqualsInThatOfTheClasses(int count, string[] expected)
    {
        var prediction = new ImagePrediction(null, Labels, [0.2f, 0.6f, 0.2f]);

        var top = prediction.Top(count);

        Assert.Equal(expected, top.Select(t => t.Label));
        Assert.Equal(0.6f, top[0].Probability);
    }

    [Fact]
    public void Top_None_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePrediction(null, Labels, [0.2f, 0.6f, 0.2f]).Top(0));

    [Fact]
    public void Constructor_ScoresOfOtherClasses_Throws() =>
        Assert.Throws<ArgumentException>(() => new ImagePrediction(null, Labels, [1f]));

    [Fact]
    public void Failed_HasAnErrorAndNothingElse()
    {
        var prediction = ImagePrediction.Failed("x.jpg", "the file is empty.");

        Assert.Equal(
            ("x.jpg", "the file is empty.", "", 0f), (prediction.Image, prediction.Error, prediction.Label, prediction.Probability));
        Assert.Empty(prediction.Scores);
        Assert.Empty(prediction.Top(3));
    }

    [Fact]
    public void ScoresByLabel_Three_AreInTheOrderOfTheClasses()
    {
        var scores = new ImagePrediction(null, Labels, [0.2f, 0.7f, 0.1f]).ScoresByLabel;

        Assert.Equal([new("a", 0.2f), new("b", 0.7f), new("c", 0.1f)], scores);
    }

    [Fact]
    public void ToString_ScoredRefusedAndUnreadable_SaysSo()
    {
        var scored = new ImagePrediction("x.jpg", ["a", "b", "c", "d"], [0.25f, 0.5f, 0.125f, 0.125f]);
        var refused = new ImagePrediction(null, Labels, [0.25f, 0.5f, 0.25f]) { Refusal = "it is strange." };
        var unreadable = ImagePrediction.Failed("y.jpg", "the file is empty.");

        Assert.Equal("x.jpg: b 0.50, a 0.25, c 0.13", scored.ToString());
        Assert.Equal("it is strange. (b 0.50, a 0.25, c 0.25)", refused.ToString());
        Assert.Equal("y.jpg: the file is empty.", unreadable.ToString());
    }

    [Fact]
    public void Json_OfAScoredImage_NamesItsClasses()
    {
        var prediction = new ImagePrediction("x.jpg", Labels, [0.25f, 0.5f, 0.25f]);

        Assert.Equal(
            """{"image":"x.jpg","label":"b","probability":0.5,"scores":{"a":0.25,"b":0.5,"c":0.25}}""",
            JsonSerializer.Serialize(prediction));
    }

    [Fact]
    public void Json_OfEverything_IsReadAsItWasWritten()
    {
        const string Written =
            """{"label":null,"probability":0.5,"familiarity":0.01,"refusal":"it is strange.","scores":""" +
            """{"a":0.25,"b":0.5,"c":0.25},"embedding":[1,-2.5],"heat":{"rows":1,"values":[0.5,1]}}""";

        var prediction = JsonSerializer.Deserialize<ImagePrediction>(Written)!;

        Assert.Equal(Written, JsonSerializer.Serialize(prediction, JsonSerializerOptions.Web));
        Assert.Equal(2, prediction.Heat!.Columns);
    }

    [Fact]
    public void Json_OfAnUnreadableImage_HasTheReason()
    {
        const string Written = """{"image":"y.jpg","error":"the file is empty."}""";

        var prediction = JsonSerializer.Deserialize<ImagePrediction>(Written)!;

        Assert.Equal("the file is empty.", prediction.Error);
        Assert.Equal(Written, JsonSerializer.Serialize(prediction));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"scores":{}}""")]
    [InlineData("""{"scores":{"a":"much"}}""")]
    public void Json_OfSomethingElse_Throws(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ImagePrediction>(json));
}
