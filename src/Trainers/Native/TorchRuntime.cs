using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace MLVision.Trainers.Native;

/// <summary>
/// Loads libtorch for TorchSharp, even on Linux systems whose C++ library is older than the one TorchSharp was built with.
/// </summary>
/// <remarks>
/// Nothing needs to be called. The build puts a copy that can be loaded beside the original (LoadableBridge.targets). If that copy is
/// missing, the runtime calls <see cref="Resolve"/> after its own search for TorchSharp's library has failed. Calling <see
/// cref="EnsureLoaded"/> first turns a broken installation into one clear exception, before TorchSharp throws its own.
/// </remarks>
internal static class TorchRuntime
{
    private const string Bridge = "LibTorchSharp";

    /// <summary>
    /// GCC 13's version. Debian 12 and Ubuntu 22.04 have up to GLIBCXX_3.4.30; no code of the bridge uses a newer symbol.
    /// </summary>
    private const string NewestVersion = "GLIBCXX_3.4.32";

    private static readonly Lock Gate = new();
    private static volatile bool loaded;

    /// <summary>The libtorch that the user named in place of the application's, once it is loaded; null if there is none.</summary>
    public static OtherLibtorch? Other { get; private set; }

    /// <summary>Loads libtorch into this process if it is not loaded yet. Thread-safe; repeated calls cost nothing.</summary>
    /// <exception cref="TorchRuntimeException">
    /// The platform has no libtorch, its package is not referenced, or the system's libraries are too old for it; or the one that
    /// <see cref="OtherLibtorch.Variable"/> names does not fit.
    /// </exception>
    public static void EnsureLoaded()
    {
        if (loaded)
        {
            return;
        }

        lock (Gate)
        {
            if (loaded)
            {
                return;
            }

            if (OtherLibtorch.NamedFolder() is { } folder)
            {
                Other = OtherLibtorch.Load(folder, NativeFolders.OfThisProcess(), NativeLibraryCache.OfThisUser());
            }
            else if (!NativeLibrary.TryLoad(Bridge, typeof(torch).Assembly, null, out _))
            {
                Load(NativeFolders.OfThisProcess(), NativeLibraryCache.OfThisUser());
            }

            loaded = true;
        }
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "TorchSharp loads its library in a static constructor that leaves no other "
        + "place to step in. This only subscribes; libtorch is not touched until TorchSharp asks for it.")]
    internal static void Attach() =>
        AssemblyLoadContext.GetLoadContext(typeof(TorchRuntime).Assembly)!.ResolvingUnmanagedDll += Resolve;

    /// <summary>Loads TorchSharp's library and the libraries it needs from the first folders that contain them.</summary>
    /// <exception cref="TorchRuntimeException">As for <see cref="EnsureLoaded"/>.</exception>
    internal static nint Load(NativeFolders folders, NativeLibraryCache? cache)
    {
        var files = TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform);
        foreach (var library in files.Libtorch)
        {
            LoadFile(
                folders.Find(library) ?? throw Missing(
                    folders, library, files.LibtorchPackage, $", or name another libtorch's folder in {OtherLibtorch.Variable}"),
                NativeLibrary.Load);
        }

        return LoadBridge(folders, cache, NativeLibrary.Load, copy: null);
    }

    /// <summary>Loads TorchSharp's library, when libtorch is loaded.</summary>
    /// <param name="folders">Where it may be.</param>
    /// <param name="cache">Where a copy for an older C++ library is kept, or null.</param>
    /// <param name="open">Loads a library by its path.</param>
    /// <param name="copy">Such a copy, if there is one already.</param>
    /// <exception cref="TorchRuntimeException">It is not there, or does not fit the system or libtorch.</exception>
    internal static nint LoadBridge(NativeFolders folders, NativeLibraryCache? cache, Func<string, nint> open, string? copy)
    {
        var bridge = TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform).Bridge;
        var path = folders.Find(bridge) ?? throw Missing(folders, bridge, "TorchSharp");
        try
        {
            return open(path);
        }
        catch (DllNotFoundException error) when (error.Message.Contains(NewestVersion, StringComparison.Ordinal))
        {
            return copy is not null ? LoadFile(copy, open) : LoadWeakened(path, cache, open, error);
        }
        catch (DllNotFoundException error)
        {
            throw Refused(path, error);
        }
    }

    /// <summary>Copies TorchSharp's library so that it needs <see cref="NewestVersion"/> only if that exists.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="ElfVersionRequirements.Weaken"/>.</exception>
    internal static byte[] Weaken(byte[] bridge) => ElfVersionRequirements.Weaken(bridge, NewestVersion);

    private static nint Resolve(Assembly caller, string library)
    {
        if (library != Bridge || caller != typeof(torch).Assembly)
        {
            return 0;
        }

        if (OtherLibtorch.NamedFolder() is null)
        {
            return Load(NativeFolders.OfThisProcess(), NativeLibraryCache.OfThisUser());
        }

        if (OtherLibtorch.HandedOver == 0)      // TorchSharp asks once more while it is started for the other libtorch
        {
            EnsureLoaded();
        }

        return OtherLibtorch.HandedOver;
    }

    /// <summary>Loads a changed copy; the original is not changed.</summary>
    private static nint LoadWeakened(string bridge, NativeLibraryCache? cache, Func<string, nint> open, DllNotFoundException refusal)
    {
        var fileName = Path.GetFileName(bridge);
        byte[] copy;
        try
        {
            copy = Weaken(File.ReadAllBytes(bridge));
        }
        catch (InvalidDataException error)
        {
            throw Refused(bridge, new AggregateException(refusal, error));
        }

        try
        {
            if (cache is not null)
            {
                return LoadFile(cache.Store(fileName, copy), open);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TorchRuntimeException)
        {
            // The home folder is read-only, full, or mounted without execute permission: try a temporary folder.
        }

        var temporary = Directory.CreateTempSubdirectory("mlvision-");
        try
        {
            return LoadFile(new NativeLibraryCache(temporary.FullName).Store(fileName, copy), open);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    /// <summary>Loads a library, and says in a sentence why the system's loader refuses it.</summary>
    /// <exception cref="TorchRuntimeException">It does.</exception>
    private static nint LoadFile(string path, Func<string, nint> open)
    {
        try
        {
            return open(path);
        }
        catch (DllNotFoundException error)
        {
            throw Refused(path, error);
        }
    }

    private static TorchRuntimeException Missing(NativeFolders folders, string fileName, string package, string otherwise = "") => new(
        $"'{fileName}' was expected beside the application and is in none of: {folders}. Add a reference to the package " +
        $"'{package}'{otherwise}.");

    private static TorchRuntimeException Refused(string path, Exception error) => new(
        $"The system's loader refuses '{path}': {error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}. "
        + $"TorchSharp needs {TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform).SystemNeeds}.", error);
}
