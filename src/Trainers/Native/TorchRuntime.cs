using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace MLVision.Trainers.Native;

/// <summary>Loads libtorch for TorchSharp, also on Linux systems whose C++ library is older than TorchSharp's build machine.</summary>
/// <remarks>
/// Nothing needs to be called. The build puts a copy that loads beside the original (LoadableBridge.targets), and where that copy
/// is missing the runtime asks <see cref="Resolve"/> when its own search for TorchSharp's library has failed. Calling
/// <see cref="EnsureLoaded"/> first turns a broken installation into one clear exception before TorchSharp answers in its own way.
/// </remarks>
internal static class TorchRuntime
{
    private const string Bridge = "LibTorchSharp";

    /// <summary>GCC 13's. Debian 12 and Ubuntu 22.04 end at GLIBCXX_3.4.30, and no code of the bridge is bound to what is newer.</summary>
    private const string NewestVersion = "GLIBCXX_3.4.32";

    private static readonly Lock Gate = new();
    private static volatile bool loaded;

    /// <summary>Loads libtorch into this process if it is not loaded yet. Safe from any thread; costs nothing when repeated.</summary>
    /// <exception cref="TorchRuntimeException">
    /// The platform has no libtorch, its package is not referenced, or the system's libraries are too old for it.
    /// </exception>
    public static void EnsureLoaded()
    {
        if (loaded)
        {
            return;
        }

        lock (Gate)
        {
            if (!loaded && !NativeLibrary.TryLoad(Bridge, typeof(torch).Assembly, null, out _))
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

    /// <summary>Loads TorchSharp's library and what it needs from the first folders that hold them.</summary>
    /// <exception cref="TorchRuntimeException">As for <see cref="EnsureLoaded"/>.</exception>
    internal static nint Load(NativeFolders folders, NativeLibraryCache? cache)
    {
        var files = TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform);
        foreach (var library in files.Libtorch)
        {
            LoadFile(Find(library, files.LibtorchPackage));
        }

        var bridge = Find(files.Bridge, "TorchSharp");
        try
        {
            return NativeLibrary.Load(bridge);
        }
        catch (DllNotFoundException error) when (error.Message.Contains(NewestVersion, StringComparison.Ordinal))
        {
            return LoadWeakened(bridge, cache, error);
        }
        catch (DllNotFoundException error)
        {
            throw Refused(bridge, error);
        }

        string Find(string fileName, string package) => folders.Find(fileName) ?? throw new TorchRuntimeException(
            $"'{fileName}' was expected beside the application and is in none of: {folders}. Add a reference to the package '{package}'.");
    }

    /// <summary>Copies TorchSharp's library so that it asks for <see cref="NewestVersion"/> only where that exists.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="ElfVersionRequirements.Weaken"/>.</exception>
    internal static byte[] Weaken(byte[] bridge) => ElfVersionRequirements.Weaken(bridge, NewestVersion);

    private static nint Resolve(Assembly caller, string library) =>
        library == Bridge && caller == typeof(torch).Assembly ? Load(NativeFolders.OfThisProcess(), NativeLibraryCache.OfThisUser()) : 0;

    /// <summary>Loads a weakened copy; the original stays as it is.</summary>
    private static nint LoadWeakened(string bridge, NativeLibraryCache? cache, DllNotFoundException refusal)
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
                return LoadFile(cache.Store(fileName, copy));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TorchRuntimeException)
        {
            // A home that is read-only, full, or mounted without the right to execute: a temporary folder may still serve.
        }

        var temporary = Directory.CreateTempSubdirectory("mlvision-");
        try
        {
            return LoadFile(new NativeLibraryCache(temporary.FullName).Store(fileName, copy));
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static nint LoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException error)
        {
            throw Refused(path, error);
        }
    }

    private static TorchRuntimeException Refused(string path, Exception error) => new(
        $"The system's loader refuses '{path}': {error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}. "
        + $"TorchSharp needs {TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform).SystemNeeds}.", error);
}
