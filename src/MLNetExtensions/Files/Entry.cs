using System.Runtime.InteropServices;

namespace MLVision.MLNetExtensions.Files;

/// <summary>Looks at names in folders without opening what they stand for.</summary>
internal static partial class Entry
{
    private const uint TypeMask = 0xF000, Folder = 0x4000, Regular = 0x8000, Link = 0xA000, Pipe = 0x1000, Socket = 0xC000;
    private const char StandIn = '\uFFFD';
    private const int ModeOffset = sizeof(int), StatusLength = 512;

    /// <summary>What a path leads to, behind all links; never <see cref="EntryKind.Link"/>.</summary>
    public static EntryKind KindOf(string path) => Look(path, follow: true);

    /// <summary>What stands there itself; a link counts as such.</summary>
    public static EntryKind OwnKindOf(string path) => Look(path, follow: false);

    /// <summary>What a kind is called in a sentence.</summary>
    public static string Describe(EntryKind kind) => kind switch
    {
        EntryKind.NamedPipe => "named pipe",
        EntryKind.Socket => "socket",
        EntryKind.Device => "device",
        EntryKind.Folder => "folder",
        EntryKind.Link => "link",
        _ => "file",
    };

    /// <summary>Whether a name that leads nowhere was none that .NET could read: for bytes that are no UTF-8 it puts a stand-in.</summary>
    public static bool IsNoUtf8(string name) => name.Contains(StandIn, StringComparison.Ordinal);

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
            // A .NET whose library has other names: pipes and devices then count as files.
            return LookByName(path, follow);
        }
    }

    /// <summary>Tells files, folders and links to them apart; on Windows a folder holds nothing else.</summary>
    private static EntryKind LookByName(string path, bool follow)
    {
        var isLink = new FileInfo(path).LinkTarget is not null;
        return isLink && !follow ? EntryKind.Link
            : File.Exists(path) && (!isLink || File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: true }) ? EntryKind.File
            : Directory.Exists(path) ? EntryKind.Folder
            : EntryKind.Missing;
    }

    /// <remarks>
    /// .NET tells pipes, sockets and devices from files only by its own native library, whose answer begins with four bytes of flags and
    /// the four bytes of the mode. The mode's bits are the same on every Unix.
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
