using MLVision.Cli.Output.Live;
using MLVision.Trainers.Training.Results;

namespace Cli.Tests.Output.Live;

public sealed class EpochTableTests
{
    [Fact]
    public void Write_TwoPhasesAt80Columns_HeadsEachOnce()
    {
        var lines = TestTerminal.Lines(isTerminal: true, width: 80, console =>
        {
            var table = new EpochTable(console);
            table.Write(Reports.Epoch(TrainingPhase.Head, 1, validationSeconds: 1), 2, TimeSpan.FromSeconds(9));
            table.Write(Reports.Epoch(TrainingPhase.Head, 2, validationSeconds: 1), 2, TimeSpan.FromSeconds(75));
            table.Write(Reports.Epoch(TrainingPhase.FineTuning, 1, validationSeconds: 1), 10, TimeSpan.FromSeconds(3700));
        });

        Assert.Equal(
            [
                "                       training          validation",
                "        head     loss  accuracy     loss   accuracy  images/s     time",
                "         1/2    1.250     0.500    1.500      0.750     1,234     0:09",
                "         2/2    1.250     0.500    1.500      0.750     1,234     1:15",
                "                       training          validation",
                " fine-tuning     loss  accuracy     loss   accuracy  images/s     time",
                "        1/10    1.250     0.500    1.500      0.750     1,234  1:01:40",
            ],
            lines);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    public void Write_NarrowTerminal_LeavesOutTheLastColumns(int width)
    {
        var lines = TestTerminal.Lines(
            isTerminal: true, width,
            console => new EpochTable(console).Write(Reports.Epoch(TrainingPhase.Whole, 1, validationSeconds: 1), 2, TimeSpan.Zero));

        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width - 1));
        Assert.Contains("1.250", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NothingHeldOut_HasNoColumnsOfIt()
    {
        var lines = TestTerminal.Lines(
            isTerminal: true, width: 80,
            console => new EpochTable(console).Write(Reports.Epoch(TrainingPhase.Whole, 1), 2, TimeSpan.FromSeconds(9)));

        Assert.Equal("       epoch     loss  accuracy  images/s     time", lines[1]);
    }
}
