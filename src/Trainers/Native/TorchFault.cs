using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Native;

/// <summary>Errors of libtorch, which TorchSharp hands on as they are: mostly a device that lacks memory or has a fault.</summary>
internal static partial class TorchFault
{
    /// <summary>What libtorch, CUDA and its libraries say where memory is short.</summary>
    private static readonly string[] MemoryIsShort =
        ["out of memory", "can't allocate memory", "not enough memory", "ALLOC_FAILED", "cudaErrorMemoryAllocation"];

    /// <summary>Does work, and makes a sentence of what libtorch says where it gives up.</summary>
    /// <param name="about">What is known of the work when it fails.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="ImageClassificationException">libtorch gave up.</exception>
    public static T InWords<T>(TorchWork about, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExternalException e) when (e.GetType() == typeof(ExternalException) || e is SEHException)    // others are the system's
        {
            throw new ImageClassificationException(Sentence(about, e), e);
        }
    }

    /// <inheritdoc cref="InWords{T}(TorchWork, Func{T})"/>
    public static void InWords(TorchWork about, Action work) => InWords(about, () =>
    {
        work();
        return true;
    });

    private static string Sentence(TorchWork work, ExternalException error)
    {
        var kept = work.Checkpoint?.Invoke() is { } checkpoint
            ? $" The checkpoint '{checkpoint}' holds the last complete epoch" +
              (work.BatchSize is { } size && IsMemoryShort(error) ? Text($"; it goes on with a BatchSize of {size} only.") : ".")
            : "";
        return (IsMemoryShort(error) ? LackOfMemory(work, error) : OtherFault(work, error)) + kept;
    }

    private static bool IsMemoryShort(ExternalException error) =>
        MemoryIsShort.Any(words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static string LackOfMemory(TorchWork work, ExternalException error)
    {
        var asked = Request().Match(error.Message) is { Success: true } request ? $" (asked for {request.Groups["size"].Value})" : "";
        var elsewhere = work.IsOnCpu ? "" : ", or use cpu";
        return work.BatchSize switch
        {
            null => $"{work.Device} lacks memory for the network{asked}: close other programs that use it, choose a smaller " +
                $"architecture{elsewhere}.",
            1 => $"{work.Device} lacks memory for a batch of 1{asked}: set a smaller ImageSize, close other programs that use " +
                $"it{elsewhere}.",
            { } size => Text($"{work.Device} lacks memory for batches of {size}{asked}: set BatchSize to {size / 2}, or close ") +
                "other programs that use it.",
        };
    }

    private static string OtherFault(TorchWork work, ExternalException error) =>
        $"libtorch gave up on {work.Device}{ForeignError.InBrackets(error)}" + (work.IsOnCpu
            ? "; please report it."
            : ": look after its driver, and whether libtorch was built for it; or use cpu.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"tried to allocate (?<size>\d+(\.\d+)? \w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Request();
}
