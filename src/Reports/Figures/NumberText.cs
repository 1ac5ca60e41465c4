using System.Globalization;

namespace MLVision.Reports.Figures;

/// <summary>Numbers as the pages show them, whatever the system's language.</summary>
internal static class NumberText
{
    private const string None = "–";

    /// <summary>A share as a percentage with one decimal: 0.8604 → 86.0 %.</summary>
    public static string Percent(double? share) =>
        share is { } number && double.IsFinite(number) ? Invariant($"{100 * number:0.0}\u00a0%") : None;

    /// <summary>A share as a percentage without decimals, for axes.</summary>
    public static string WholePercent(double share) => Invariant($"{100 * share:0}\u00a0%");

    /// <summary>A difference of shares in percentage points with one decimal.</summary>
    public static string Points(double difference) => Invariant($"{100 * difference:0.0}");

    /// <summary>A whole number with commas between thousands.</summary>
    public static string Count(long number) => Invariant($"{number:#,0}");

    /// <summary>A loss or an error, with three decimals.</summary>
    public static string Decimal(double? number) =>
        number is not { } value ? None
            : double.IsFinite(value) ? Invariant($"{value:0.000}") : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A probability as a percentage; one that is not 0 or 1 does not look as if it were.</summary>
    public static string Probability(double number) => number switch
    {
        > 0 and < 0.0005 => "<\u00a00.1\u00a0%",
        >= 0.9995 and < 1 => ">\u00a099.9\u00a0%",
        _ => Percent(number),
    };

    /// <summary>A number on an axis: as short as it is.</summary>
    public static string Tick(double number) => Invariant($"{number:#,0.####}");

    /// <summary>A coordinate in a drawing.</summary>
    public static string Coordinate(double number) => Invariant($"{number:0.##}");

    /// <summary>A time in the units that one would say: 8.4 s, 3 min 20 s, 2 h 5 min.</summary>
    public static string Time(TimeSpan time)
    {
        if (time.TotalSeconds < 10)
        {
            return Invariant($"{time.TotalSeconds:0.0}\u00a0s");
        }

        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole.TotalMinutes < 1 ? Invariant($"{whole.Seconds}\u00a0s")
            : whole.TotalHours < 1 ? Invariant($"{whole.Minutes}\u00a0min {whole.Seconds}\u00a0s")
            : Invariant($"{(int)whole.TotalHours}\u00a0h {whole.Minutes}\u00a0min");
    }

    /// <summary>A date and time in UTC.</summary>
    public static string Date(DateTimeOffset date) =>
        date.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A number and what it counts, in the right form.</summary>
    public static string Counted(long number, string one, string many) => $"{Count(number)} {(number == 1 ? one : many)}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
