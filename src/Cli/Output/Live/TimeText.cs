using System.Globalization;

namespace MLVision.Cli.Output.Live;

/// <summary>Times in the units that one would say.</summary>
internal static class TimeText
{
    /// <summary>"8 s", "3 min 20 s", "2 h 5 min".</summary>
    public static string Of(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole switch
        {
            { TotalMinutes: < 1 } => Invariant($"{whole.Seconds} s"),
            { TotalHours: < 1 } => Invariant($"{whole.Minutes} min {whole.Seconds} s"),
            _ => Invariant($"{(int)whole.TotalHours} h {whole.Minutes} min"),
        };
    }

    /// <summary>As a clock shows it: "0:08", "3:20", "2:05:00".</summary>
    public static string OnClock(TimeSpan time) => time.TotalHours < 1
        ? Invariant($"{time.Minutes}:{time.Seconds:00}")
        : Invariant($"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
