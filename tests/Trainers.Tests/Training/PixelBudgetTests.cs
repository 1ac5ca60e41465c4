using Trainers.Training;

namespace Trainers.Tests.Training;

public sealed class PixelBudgetTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3_000_000)]
    [InlineData(int.MaxValue, 2_147_483_647_000_000)]
    public void Bytes_Megabytes_AreMillionsOfBytes(int megabytes, long expected)
    {
        var bytes = PixelBudget.Bytes(megabytes);

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Bytes_Automatic_IsAQuarterOfTheMemory()
    {
        var bytes = PixelBudget.Bytes(null);

        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, bytes);
        Assert.True(bytes > 0);
    }
}
