using MLVision.Trainers.Training.Compute;

namespace Trainers.Tests.Training.Compute;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(9_949, "9.9 kB")]
    [InlineData(9_950, "10 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(1_858_268_160, "1.9 GB")]    // 12,345 images of 224 pixels
    [InlineData(192_868_000_000, "193 GB")]
    [InlineData(long.MaxValue, "9223 PB")]
    public void Format_Bytes_TakesTheUnitOfOneToThreeDigits(long bytes, string expected)
    {
        var text = ByteSize.Format(bytes);

        Assert.Equal(expected, text);
    }
}
