using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Model;

public sealed class ClassifierMetadataTests
{
    private static readonly ClassifierMetadata Metadata = new()
    {
        Architecture = "resnet50",
        Labels = ["rose", "Löwenzahn \"wild\"", "郁金香", ""],
        ImageSize = 224,
        Mean = [0.485f, 0.456f, 0.406f],
        StandardDeviation = [0.229f, 0.224f, 0.225f],
        ProductVersion = "1.2.3",
        Training = """{"epoch":5}""",
    };

    [Fact]
    public void FromProperties_OfToProperties_GivesTheSame()
    {
        var properties = Metadata.ToProperties().ToDictionary();

        var read = ClassifierMetadata.FromProperties(properties);

        Assert.Equivalent(Metadata, read, strict: true);
    }

    [Fact]
    public void ToProperties_Labels_AreAJsonArray()
    {
        var metadata = Metadata with { Labels = ["rose", "tulip"] };

        var properties = metadata.ToProperties().ToDictionary();

        Assert.Equal("""["rose","tulip"]""", properties["labels"]);
    }

    [Fact]
    public void ToProperties_Numbers_AreJson()
    {
        var properties = Metadata.ToProperties().ToDictionary();

        Assert.Equal("[0.485,0.456,0.406]", properties["mean"]);
        Assert.Equal("224", properties["image_size"]);
    }

    [Fact]
    public void ToProperties_TemperatureOfOne_IsNotThere() =>
        Assert.DoesNotContain("temperature", Metadata.ToProperties().ToDictionary().Keys);

    [Fact]
    public void FromProperties_Temperature_ReadsBack()
    {
        var properties = (Metadata with { Temperature = 1.5 }).ToProperties().ToDictionary();

        Assert.Equal("1.5", properties["temperature"]);
        Assert.Equal(1.5, ClassifierMetadata.FromProperties(properties).Temperature);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    [InlineData("warm")]
    public void FromProperties_TemperatureThatIsNone_IsDamaged(string temperature)
    {
        var properties = Metadata.ToProperties().Append(new("temperature", temperature)).ToDictionary();

        Assert.Throws<FormatException>(() => ClassifierMetadata.FromProperties(properties));
    }
}
