using System.Text.Json;

namespace Integration.Tests;

/// <summary>The stranger's app: samples/StockConsumer, which holds Microsoft's packages only, in a process of its own.</summary>
internal static class StockConsumerProcess
{
    public static async Task<IReadOnlyList<ScoredImage>> Score(params IEnumerable<string> arguments)
    {
        var run = await Run([.. arguments, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonSerializer.Deserialize<ScoredImage[]>(run.Output, JsonSerializerOptions.Web)!;
    }

    public static Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments) =>
        AppProcess.Run(Places.StockConsumer, arguments);

    /// <summary>An element of what the app prints with <c>--json</c>.</summary>
    internal sealed record ScoredImage(
        string Image, string Label, float Probability, Dictionary<string, float> Scores, float? Familiarity, float[]? Embedding);
}
