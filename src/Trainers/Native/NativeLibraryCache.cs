using System.Security.Cryptography;
using MLVision.Trainers.Files;

namespace MLVision.Trainers.Native;

/// <summary>A cache of native libraries made on this machine, each in a folder named after its content.</summary>
/// <param name="folder">Need not exist yet.</param>
internal sealed class NativeLibraryCache(string folder)
{
    /// <summary>This user's cache, or null if the user has no folder for application data and has not named another.</summary>
    public static NativeLibraryCache? OfThisUser() => UserCache.Folder("native") is { } folder ? new NativeLibraryCache(folder) : null;

    /// <summary>Returns the path of a file with exactly that content; writes it if it is not there.</summary>
    /// <remarks>
    /// Several processes may store the same file at once: each writes its own file and renames it. So no reader sees half a library, and a
    /// process that has loaded the file keeps it.
    /// </remarks>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public string Store(string fileName, byte[] content)
    {
        var home = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(content)));
        var path = Path.Combine(home, fileName);
        if (Holds(path, content))
        {
            return path;
        }

        Directory.CreateDirectory(home);
        var draft = Path.Combine(home, Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(draft, content);
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }

        return path;
    }

    private static bool Holds(string path, byte[] content) =>
        File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
}
