using System.Globalization;
using MLVision.Trainers.Training.Results;
using MLVision.Trainers.Weights.Published;
using Spectre.Console;

namespace MLVision.Cli.Output.Live;

/// <summary>The lines that change while a training or a download runs, as Spectre's markup; none is wider than the terminal.</summary>
/// <param name="width">Columns of the terminal.</param>
/// <param name="isUnicode">Whether it has more letters than ASCII.</param>
internal sealed class TrainingStatus(int width, bool isUnicode)
{
    private const int WidestBar = 40;
    private const int NarrowestBar = 10;

    /// <summary>A training: how far, how fast, how long still, and the losses so far.</summary>
    /// <param name="now">How far it is.</param>
    /// <param name="losses">Losses of the epochs of the phase.</param>
    /// <param name="validationLosses">Those of the images that were held out.</param>
    /// <param name="remaining">What is left; null where it is not known.</param>
    /// <param name="isRough">Whether that is a rough guess.</param>
    public string Of(
        TrainingProgress now, IReadOnlyList<double> losses, IReadOnlyList<double> validationLosses, TimeSpan? remaining, bool isRough)
    {
        var name = now.Phase == TrainingPhase.Features ? EpochTable.NameOf(now.Phase)
            : Text($"{EpochTable.NameOf(now.Phase)} {now.Epoch}/{now.Epochs}");
        var share = (now.Epoch - 1 + ((double)now.Step / now.Steps)) / now.Epochs;
        var left = remaining is { } time ? $"{(isRough ? "about " : "")}{TimeText.Of(time)} left" : "";
        var first = WithBar(name, share, Text($"{now.ImagesPerSecond:#,0} images/s  {left}").TrimEnd());
        if (now.Phase == TrainingPhase.Features)
        {
            return first;
        }

        const int BesideLines = 40;
        var room = Math.Clamp((width - BesideLines) / 2, 4, 20);
        var second = $"loss {Line(losses, room)}{Text($"{now.Loss:0.000}")}" +
            (validationLosses.Count > 0 ? $"   validation {Line(validationLosses, room)}{Text($"{validationLosses[^1]:0.000}")}" : "");
        return $"{first}\n{Markup.Escape(second)}";
    }

    /// <summary>A download.</summary>
    public string Of(DownloadProgress now) => WithBar(
        now.FileName, (double)now.Bytes / Math.Max(now.TotalBytes ?? now.Bytes, 1), Text($"{now.Bytes / 1e6:0} MB"));

    private string WithBar(string name, double share, string behind)
    {
        var percent = Text($"{Math.Floor(100 * share):0} %");
        var room = width - name.Length - behind.Length - percent.Length - "    ".Length - 3;
        var bar = Math.Min(room, WidestBar);
        if (bar < NarrowestBar)
        {
            var text = $"{name}  {percent}  {behind}";
            return Markup.Escape(text.Length < width ? text : text[..Math.Max(0, width - 1)]);
        }

        var done = (int)Math.Round(bar * Math.Clamp(share, 0, 1));
        var (full, rest) = isUnicode ? ('━', '─') : ('=', '-');
        return $"{Markup.Escape(name)}  [green]{new string(full, done)}[/][grey]{new string(rest, bar - done)}[/]  {percent}  " +
            Markup.Escape(behind);
    }

    private string Line(IReadOnlyList<double> numbers, int most) =>
        isUnicode && numbers.Count > 1 ? Sparkline.Of(numbers, most) + " " : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
