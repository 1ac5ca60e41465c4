using MLVision.Cli.Output.Live;

namespace Cli.Tests.Output.Live;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData(8.4, "8 s", "0:08")]
    [InlineData(59.9, "1 min 0 s", "0:59")]
    [InlineData(200, "3 min 20 s", "3:20")]
    [InlineData(7500, "2 h 5 min", "2:05:00")]
    public void Of_Time_IsInTheUnitsThatOneWouldSay(double seconds, string words, string clock)
    {
        var time = TimeSpan.FromSeconds(seconds);

        Assert.Equal((words, clock), (TimeText.Of(time), TimeText.OnClock(time)));
    }
}
