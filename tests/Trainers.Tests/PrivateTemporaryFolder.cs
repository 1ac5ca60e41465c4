namespace Trainers.Tests;

/// <summary>Gives this process a temporary folder of its own, so that a test sees what it leaves there and nothing else.</summary>
internal sealed class PrivateTemporaryFolder : IDisposable
{
    private static readonly string[] Variables = ["TMPDIR", "TMP", "TEMP"];

    private readonly string _folder = Directory.CreateTempSubdirectory("private-").FullName;
    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];

    public PrivateTemporaryFolder()
    {
        foreach (var variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, _folder);
        }
    }

    /// <summary>Full path of the folder.</summary>
    public string Path => _folder;

    /// <summary>The product's folders in it.</summary>
    public IReadOnlyList<string> ProductFolders => Directory.GetDirectories(_folder, "mlvision-*");

    public void Dispose()
    {
        foreach (var (variable, value) in Variables.Zip(_before))
        {
            Environment.SetEnvironmentVariable(variable, value);
        }

        Directory.Delete(_folder, recursive: true);
    }
}
