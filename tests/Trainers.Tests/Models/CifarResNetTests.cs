using MLVision.Trainers.Models;

namespace Trainers.Tests.Models;

public class CifarResNetTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(18)]
    [InlineData(21)]
    public void Constructor_DepthNotSixNPlusTwo_Throws(int depth) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(depth), () => new CifarResNet(depth, new ResidualDesign(), classes: 10));
}
