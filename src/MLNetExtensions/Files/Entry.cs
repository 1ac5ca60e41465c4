using System.Runtime.InteropServices;

namespace MLVision.MLNetExtensions.Files;

/// <summary>Finds out what names in folders stand for, without opening them.</summary>
internal static partial class Entry
{
    private const uint TypeMask = 0xF000, Folder = 0x4000, Regular = 0x8000, Link = 0xA000, Pipe = 0x1000, Socket = 0xC000;
    private const char StandIn = '\uFFFD';
    private const int ModeOffset = sizeof(int), StatusLength = 512;

    /// <summary>What a path leads to after all links; never <see cref="EntryKind.Link"/>.</summary>
    public static EntryKind KindOf(string path) => Look(path, follow: true);

    /// <summary>What the name itself stands for; links are not followed.</summary>
    public static EntryKind OwnKindOf(string path) => Look(path, follow: false);

    /// <summary>The word for a kind in a message.</summary>
    public static string Describe(EntryKind kind) => kind switch
    {
        EntryKind.NamedPipe => "named pipe",
        EntryKind.Socket => "socket",
        EntryKind.Device => "device",
        EntryKind.Folder => "folder",
        EntryKind.Link => "link",
        _ => "file",
    };

    /// <summary>Whether a name that leads nowhere was not readable by .NET: it replaces bytes that are not valid UTF-8.</summary>
    public static bool IsNotUtf8(string name) => name.Contains(StandIn, StringComparison.Ordinal);

    private static EntryKind Look(string path, bool follow)
    {
        if (OperatingSystem.IsWindows())
        {
            return LookByName(path, follow);
        }

        try
        {
            return LookOnUnix(path, follow);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another .NET whose library has other names: pipes and devices then count as files.
            return LookByName(path, follow);
        }
    }

    /// <summary>Distinguishes files, folders and links; on Windows nothing else exists in a folder.</summary>
    private static EntryKind LookByName(string path, bool follow)
    {
        var isLink = new FileInfo(path).LinkTarget is not null;
        return isLink && !follow ? EntryKind.Link
            : File.Exists(path) && (!isLink || File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: true }) ? EntryKind.File
            : Directory.Exists(path) ? EntryKind.Folder
            : EntryKind.Missing;
    }

    /// <remarks>
    /// Only .NET's own native library tells pipes, sockets and devices from files. Its answer begins with four bytes of flags and the four
    /// bytes of the mode. The mode's bits are the same on every Unix.
    /// </remarks>
    private static unsafe EntryKind LookOnUnix(string path, bool follow)
    {
        var status = stackalloc byte[StatusLength];
        var isMissing = (follow ? Stat(path, status) : LStat(path, status)) != 0;
        return isMissing ? EntryKind.Missing : (*(uint*)(status + ModeOffset) & TypeMask) switch
        {
            Regular => EntryKind.File,
            Folder => EntryKind.Folder,
            Link => EntryKind.Link,
            Pipe => EntryKind.NamedPipe,
            Socket => EntryKind.Socket,
            _ => EntryKind.Device,
        };
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(string path, byte* status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int LStat(string path, byte* status);
}
