using System.Diagnostics;

namespace Integration.Tests;

/// <summary>The snippet for bash, in bash.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("mlvision tra", "train")]
    [InlineData("mlvision export --arch vgg11", "vgg11", "vgg11_bn")]
    [InlineData("mlvision export --arch=vgg11", "vgg11", "vgg11_bn")]       // bash has '=' end a word
    [InlineData("mlvision evaluate --device cuda:", "0")]                  // and ':'
    [InlineData("mlvision train --data fl")]
    public async Task Bash_BeginningOfAWord_GetsWordsOfMlvision(string line, params string[] expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash.");
        var program = Path.Combine(_folder.FullName, "mlvision");
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\nexec dotnet '{Places.CommandLine}' \"$@\"\n", TestContext.Current.CancellationToken);
        await ShellProcess.Run("chmod", "+x", program);
        const string Script = """
            PATH="$1:$PATH"
            source <(mlvision completion bash)
            COMP_LINE=$2 COMP_POINT=${#2}
            $(complete -p mlvision | sed 's/.*-F \([^ ]*\) .*/\1/')
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", Script, "bash", _folder.FullName, line]) { RedirectStandardOutput = true };

        using var bash = Process.Start(start)!;
        var words = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, words.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
