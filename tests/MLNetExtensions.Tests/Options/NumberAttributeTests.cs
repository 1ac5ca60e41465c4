using MLVision.MLNetExtensions.Options;

namespace MLNetExtensions.Tests.Options;

public sealed class NumberAttributeTests
{
    public static TheoryData<string, double, double, double, double> Ranges => new()
    {
        // words, smallest and largest value taken, nearest values refused
        { "from 0 to 1", 0, 1, -0.01, 1.01 },
        { "from 0 to below 1", 0, 0.99, -0.01, 1 },
        { "at least 2", 2, 1e9, 1.99, double.PositiveInfinity },
        { "0 or more", 0, 1e9, -0.01, double.NaN },
        { "above 0 and up to 1", 0.01, 1, 0, 1.01 },
        { "above 0 and below 1", 0.01, 0.99, 0, 1 },
        { "above 0", 0.01, 1e9, 0, double.PositiveInfinity },
        { "1 or less", -1e9, 1, double.NegativeInfinity, 1.01 },
        { "below 1", -1e9, 0.99, double.NegativeInfinity, 1 },
        { "a number", -1e9, 1e9, double.NegativeInfinity, double.NaN },
        { "at least 8 pixels", 8, 9, 7, -8 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Words_ByRange_SayWhatIsTaken(string words, double least, double most, double tooLittle, double tooMuch)
    {
        var range = Assert.Single(Known, known => known.Words == words);

        Assert.True(range.Contains(least));
        Assert.True(range.Contains(most));
        Assert.False(range.Contains(tooLittle));
        Assert.False(range.Contains(tooMuch));
    }

    private static readonly NumberAttribute[] Known =
    [
        new() { AtLeast = 0, UpTo = 1 },
        new() { AtLeast = 0, Below = 1 },
        new() { AtLeast = 2 },
        new() { AtLeast = 0 },
        new() { Above = 0, UpTo = 1 },
        new() { Above = 0, Below = 1 },
        new() { Above = 0 },
        new() { UpTo = 1 },
        new() { Below = 1 },
        new(),
        new() { AtLeast = 8, Unit = "pixels" },
    ];
}
