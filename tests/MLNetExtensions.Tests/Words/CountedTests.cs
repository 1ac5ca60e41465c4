using MLVision.MLNetExtensions.Words;

namespace MLNetExtensions.Tests.Words;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "image", "0 images")]
    [InlineData(1, "image", "1 image")]
    [InlineData(1200, "image", "1,200 images")]
    [InlineData(1, "class", "1 class")]
    [InlineData(2, "class", "2 classes")]
    public void Of_NumberAndNoun_AgreeInNumber(int count, string one, string expected) => Assert.Equal(expected, Counted.Of(count, one));

    [Theory]
    [InlineData(1, "1 file that is")]
    [InlineData(3, "3 files that are")]
    public void Of_TwoPhrases_TakesTheRightOne(int count, string expected) =>
        Assert.Equal(expected, Counted.Of(count, "file that is", "files that are"));
}
