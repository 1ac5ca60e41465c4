using System.Diagnostics;
using System.Globalization;
using MLVision.Cli.Output;
using MLVision.Cli.Output.Tables;

namespace MLVision.Cli.Scores;

/// <summary>A line a minute on how far the scoring is, where no bar shows it: for the logs of schedulers.</summary>
/// <param name="kept">Rows that were there.</param>
/// <param name="count">Rows that there will be.</param>
internal sealed class ScoreLog(int kept, int count)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _told;

    /// <summary>Says it, if it is time.</summary>
    /// <param name="rows">Rows that are there.</param>
    public void Tell(int rows)
    {
        if (_watch.Elapsed is var now && now - _told >= Between)
        {
            _told = now;
            if (!Notes.ShowBars(Terminal.Notes))
            {
                Notes.Say(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Counted.Of(rows, "row")} of {count:#,0}, {(rows - kept) / now.TotalSeconds:0} images/s."));
            }
        }
    }
}
