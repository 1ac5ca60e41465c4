using MLVision.Cli.Output.Live;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Published;
using Spectre.Console;

namespace Cli.Tests.Output.Live;

public sealed class TrainingStatusTests
{
    private static readonly TrainingProgress Middle = Reports.Step(TrainingPhase.FineTuning, 3, 10, step: 5, steps: 10, 12345);

    /// <summary>Two epochs and a half of ten.</summary>
    [Fact]
    public void Of_TrainingAt80Columns_SaysHowFarAndHowLong()
    {
        var lines = Markup.Remove(new TrainingStatus(80, isUnicode: true).Of(
            Middle, [3, 2], [4, 2.5], TimeSpan.FromSeconds(200), isRough: false)).Split('\n');

        Assert.StartsWith("fine-tuning 3/10  ━", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("─  25 %  12,345 images/s  3 min 20 s left", lines[0], StringComparison.Ordinal);
        Assert.Equal("loss █▁ 0.500   validation █▁ 2.500", lines[1]);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(80)]
    [InlineData(120)]
    public void Of_AnyWidth_StaysWithinTheTerminal(int width)
    {
        double[] many = [.. Enumerable.Range(0, 300)];
        var status = new TrainingStatus(width, isUnicode: true);

        var lines = Markup.Remove(
            status.Of(Middle, many, [], TimeSpan.FromHours(30), isRough: true) + "\n" +
            status.Of(new DownloadProgress("efficientnet_b7_rwightman-dcc7d12a.pth", 1_000_000, 266_850_607))).Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width - 1));
    }

    [Fact]
    public void Of_TerminalWithoutUnicode_HasNoSparkline()
    {
        var lines = new TrainingStatus(80, isUnicode: false).Of(Middle, [3, 2], [], TimeSpan.FromSeconds(8), isRough: true).Split('\n');

        Assert.All(lines, line => Assert.All(line, letter => Assert.InRange(letter, ' ', '~')));
        Assert.Contains("about 8 s left", lines[0], StringComparison.Ordinal);
    }
}
