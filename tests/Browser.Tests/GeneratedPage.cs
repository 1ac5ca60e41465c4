using System.Text.Json;
using Integration.Tests;

namespace Browser.Tests;

/// <summary>The page that <c>mlvision new --browser</c> makes of the samples' model, made once for all tests.</summary>
public sealed class GeneratedPage : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    /// <summary>The model of clothes.</summary>
    public static string Model => Path.Combine(Places.Samples, "ModelBuilderStyle", "Garments.zip");

    /// <summary>The page's folder.</summary>
    public string Folder => Path.Combine(_folder.FullName, "page");

    /// <summary>What the command said where it failed.</summary>
    private string _error = "";

    public async ValueTask InitializeAsync()
    {
        var run = await AppProcess.Run(
            Places.CommandLine, ["new", "--model", Model, "--name", "Garments", "--out", Folder, "--browser"], folder: _folder.FullName);
        _error = run.ExitCode == 0 ? "" : run.Error;
    }

    /// <summary>Skips the test where npm's registry, from which the runtime comes, cannot be reached.</summary>
    public void SkipWithoutRuntime()
    {
        Assert.SkipWhen(_error.Contains("cannot be reached", StringComparison.Ordinal), _error);
        Assert.Equal("", _error);
    }

    /// <summary>The labels that the command line gives.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> LabelsOfAsync(IEnumerable<string> images)
    {
        var run = await AppProcess.Run(Places.CommandLine, ["predict", "--model", Model, "--json", .. images]);
        Assert.True(run.ExitCode == 0, run.Error);
        using var answers = JsonDocument.Parse(run.Output);
        return answers.RootElement.EnumerateArray().ToDictionary(
            answer => answer.GetProperty("image").GetString()!, answer => answer.GetProperty("label").GetString()!);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
