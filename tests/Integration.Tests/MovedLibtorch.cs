namespace Integration.Tests;

/// <summary>libtorch in a folder of its own, and the command line as one publishes it without; gone when disposed.</summary>
/// <remarks>The folder holds copies, so that the system's loader cannot take them for the files beside the command line.</remarks>
public sealed class MovedLibtorch : IDisposable
{
    /// <summary>What the command line's folder holds of libtorch; TorchSharp's own libraries begin with other letters.</summary>
    private static readonly string[] Beginnings =
        ["libtorch", "libc10", "libgomp", "libshm", "libaoti", "libbackend", "libjit", "libnnapi"];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("moved-libtorch-");

    public MovedLibtorch()
    {
        if (!IsPossible)
        {
            return;
        }

        var built = Path.GetDirectoryName(Places.CommandLine)!;
        Directory.CreateDirectory(Folder);
        // Beside them may be the output for one runtime identifier.
        foreach (var file in Directory.EnumerateFiles(built).Concat(
            Directory.EnumerateFiles(Path.Combine(built, "runtimes"), "*", SearchOption.AllDirectories)))
        {
            var place = Path.Combine(_root.FullName, "app", Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (!Beginnings.Any(Path.GetFileName(file).StartsWith))
            {
                Bring(file, place);
            }
            else if (IsNeeded(file))
            {
                File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
            }
        }
    }

    /// <summary>Whether this system has links that anyone may make, and the libraries by the names above.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux();

    /// <summary>The folder with libtorch.</summary>
    public string Folder => Path.Combine(_root.FullName, "torch", "lib");

    /// <summary>The command line without one.</summary>
    public string BareCommandLine => Path.Combine(_root.FullName, "app", Path.GetFileName(Places.CommandLine));

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>Python's part is there, too, and large.</summary>
    private static bool IsNeeded(string file) => !file.Contains("_python", StringComparison.Ordinal);

    /// <summary>Links native libraries; the host follows links of managed ones to where the others are.</summary>
    private static void Bring(string file, string place)
    {
        if (Path.GetExtension(file) is ".dll" or ".json")
        {
            File.Copy(file, place);
        }
        else
        {
            File.CreateSymbolicLink(place, file);
        }
    }
}
