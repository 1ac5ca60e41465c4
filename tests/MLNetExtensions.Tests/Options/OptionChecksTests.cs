using System.Reflection;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Options;

public sealed class OptionChecksTests
{
    public static TheoryData<Type> Records => [typeof(ImageScoringOptions), typeof(QuantizationOptions)];

    [Fact]
    public void ThrowUnlessInRange_NumberOutOfItsRange_NamesItAndTheRange()
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            nameof(QuantizationOptions.MaxFloatShare),
            () => OptionChecks.ThrowUnlessInRange(new QuantizationOptions { MaxFloatShare = 1.5 }));

        Assert.StartsWith("MaxFloatShare must be from 0 to 1.", error.Message, StringComparison.Ordinal);
        Assert.Equal(1.5, error.ActualValue);
    }

    [Fact]
    public void ThrowUnlessInRange_ChoiceThatIsNone_ListsThem()
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            nameof(ImageScoringOptions.Pixels),
            () => OptionChecks.ThrowUnlessInRange(new ImageScoringOptions { Pixels = (PixelMode)7 }));

        Assert.StartsWith("Pixels must be Exact or Fast.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThrowUnlessInRange_SetOfFlags_IsTakenIfAllAreKnown()
    {
        OptionChecks.ThrowUnlessInRange(new ImageScoringOptions { Outputs = ModelOutputs.Embedding | ModelOutputs.Heat });

        var error = Assert.Throws<OptionOutOfRangeException>(
            nameof(ImageScoringOptions.Outputs),
            () => OptionChecks.ThrowUnlessInRange(new ImageScoringOptions { Outputs = (ModelOutputs)9 }));
        Assert.StartsWith("Outputs must be None, Embedding, Heat or Familiarity.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThrowUnlessInRange_NothingGiven_IsTaken() =>
        Assert.Null(Record.Exception(() => OptionChecks.ThrowUnlessInRange(new ImageScoringOptions { BatchSize = null })));

    /// <summary>A number without a range would be taken whatever it is.</summary>
    [Theory]
    [MemberData(nameof(Records))]
    public void Numbers_OfAllOptions_HaveARange(Type record)
    {
        var numbers = record.GetProperties().Where(property =>
            (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is { IsPrimitive: true } type
                && type != typeof(bool));

        Assert.All(numbers, number => Assert.NotNull(number.GetCustomAttribute<NumberAttribute>()));
    }
}
