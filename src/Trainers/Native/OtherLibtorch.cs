using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLVision.MLNetExtensions.Files;
using TorchSharp;

namespace MLVision.Trainers.Native;

/// <summary>
/// A libtorch in a folder that the user names, for example a Python installation's, in place of the one beside the application.
/// </summary>
/// <remarks>
/// Its libraries are loaded by their full paths before TorchSharp's own library, which the system's loader then binds to what is in memory
/// under their names, whatever lies beside it. On Linux and macOS all of its functions are looked up at once, so that one that this
/// libtorch lacks is found here and does not end the process later.
/// </remarks>
internal sealed partial class OtherLibtorch
{
    /// <summary>The environment variable that names the folder; empty is as good as not set.</summary>
    public const string Variable = "MLVISION_LIBTORCH";

    private const string Bridge = "LibTorchSharp";
    private const int BindNow = 2;      // RTLD_NOW of Linux and macOS

    private OtherLibtorch(string folder, Version version) => (Folder, Version) = (folder, version);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The version of what was loaded.</summary>
    public Version Version { get; }

    /// <summary>TorchSharp's library, loaded for such a libtorch; 0 before.</summary>
    public static nint HandedOver { get; private set; }

    /// <summary>The folder that the environment names, or null.</summary>
    public static string? NamedFolder() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Loads the folder's libtorch and TorchSharp's library for it.</summary>
    /// <param name="folder">The folder; absolute.</param>
    /// <param name="application">Where TorchSharp's library is.</param>
    /// <param name="cache">Where a copy of that one is kept if the system needs one.</param>
    /// <exception cref="TorchRuntimeException">
    /// There is no libtorch in the folder, or one that does not fit; or another one has been loaded already.
    /// </exception>
    public static OtherLibtorch Load(string folder, NativeFolders application, NativeLibraryCache? cache)
    {
        var files = TorchNativeFiles.Of(TorchNativeFiles.ThisPlatform);
        ThrowIfIncomplete(folder, files);
        var written = LibtorchVersion.Written(folder);
        if (written is not null)
        {
            LibtorchVersion.ThrowIfUnfit(folder, written);      // before anything of it is in memory
        }

        ThrowIfAnotherIsInUse(folder, files);
        var own = FindOwn(folder, files, application);
        FindWhatItLoadsByName(folder);
        foreach (var library in files.Libtorch.Concat(files.CudaOnly.Where(library => File.Exists(Path.Combine(folder, library)))))
        {
            LoadFrom(folder, library);
        }

        var version = LibtorchVersion.Exported(NativeLibrary.Load(Path.Combine(folder, files.Core))) ?? written;
        LibtorchVersion.ThrowIfUnfit(folder, version);
        try
        {
            HandedOver = TorchRuntime.LoadBridge(application, cache, Bind, application.Find($"{Bridge}.so"));
        }
        catch (TorchRuntimeException e)
        {
            throw new TorchRuntimeException(
                $"TorchSharp's library does not fit the libtorch {version} in '{folder}', which {Variable} names: {e.Message}", e);
        }

        HandToTorchSharp(own, folder);
        return new OtherLibtorch(folder, version!);
    }

    private static void ThrowIfIncomplete(string folder, TorchNativeFiles files)
    {
        if (files.Libtorch.FirstOrDefault(library => !File.Exists(Path.Combine(folder, library))) is { } missing)
        {
            var below = Path.Combine(folder, "lib");
            var what = Directory.Exists(folder) ? $"in which there is no {missing}" : "which is no folder";
            var remedy = File.Exists(Path.Combine(below, missing))
                ? $"'{below}'" : "torch/lib of a Python installation, or lib of an unpacked libtorch";
            throw new TorchRuntimeException($"{Variable} is '{folder}', {what}: name {remedy}.");
        }
    }

    private static void ThrowIfAnotherIsInUse(string folder, TorchNativeFiles files)
    {
        using var process = Process.GetCurrentProcess();
        var loaded = process.Modules.Cast<ProcessModule>().Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileName(file).Equals(files.Core, StringComparison.OrdinalIgnoreCase));
        if (loaded is not null && !IsIn(folder, loaded))
        {
            throw new TorchRuntimeException(
                $"{Variable} names '{folder}', but the libtorch in '{Path.GetDirectoryName(loaded)}' is in use already: TorchSharp was " +
                $"called before this library. Call this library first, or do without {Variable}.");
        }
    }

    /// <summary>
    /// The application's own libraries that TorchSharp looks for by their names when it starts. A second libtorch in one process would
    /// register everything twice, which ends the process.
    /// </summary>
    /// <exception cref="TorchRuntimeException">They cannot be kept out.</exception>
    private static List<string> FindOwn(string folder, TorchNativeFiles files, NativeFolders application)
    {
        var own = files.CudaOnly.Append(files.Core).Select(application.Find).OfType<string>().Where(file => !IsIn(folder, file)).ToList();
        if (own.Find(file => !OperatingSystem.IsLinux() || !File.Exists(Path.Combine(folder, Path.GetFileName(file)))) is { } intruder)
        {
            throw new TorchRuntimeException(
                $"{Variable} names '{folder}', but the application brings '{intruder}', which TorchSharp would load as well: do without " +
                $"{Variable}, or leave the application's packages of libtorch out (ExcludeAssets=\"all\").");
        }

        return own;
    }

    private static bool IsIn(string folder, string file) =>
        RealPath.Of(file).Equals(RealPath.Of(Path.Combine(folder, Path.GetFileName(file))), StringComparison.OrdinalIgnoreCase);

    /// <summary>Parts of CUDA are loaded by bare names when they are needed; Linux and macOS look beside who asks for them.</summary>
    private static void FindWhatItLoadsByName(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable("PATH", $"{folder};{Environment.GetEnvironmentVariable("PATH")}");
        }
    }

    private static void LoadFrom(string folder, string library)
    {
        try
        {
            NativeLibrary.Load(Path.Combine(folder, library));
        }
        catch (DllNotFoundException e)
        {
            // The runtime's advice comes first, what the system's loader says last.
            var reason = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');
            throw new TorchRuntimeException(
                $"The libtorch in '{folder}', which {Variable} names, does not load ({reason}): what it needs, such as CUDA's libraries, " +
                "must be where the system looks for libraries.",
                e);
        }
    }

    /// <summary>Starts TorchSharp with the library, and keeps it from loading a libtorch of its own.</summary>
    /// <param name="own">The application's own libraries.</param>
    /// <param name="folder">Where those are that stand for them.</param>
    private static void HandToTorchSharp(IEnumerable<string> own, string folder)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == Bridge ? HandedOver : 0);
        }
        catch (InvalidOperationException)
        {
            // The application has decided where TorchSharp's library comes from.
        }

        var aliases = own.Select(file => new LibraryAlias(NativeLibrary.Load(Path.Combine(folder, Path.GetFileName(file))), file)).ToList();
        try
        {
            RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
            torch.InitializeDeviceType(DeviceType.CPU);     // looks for the CPU's library at most once
        }
        catch (Exception e) when (e is TypeInitializationException or NotSupportedException)
        {
            throw new TorchRuntimeException(
                $"TorchSharp does not start with the libtorch that {Variable} names: {e.GetBaseException().Message.Split('\n')[0]}", e);
        }
        finally
        {
            aliases.ForEach(alias => alias.Dispose());
        }
    }

    /// <summary>Loads a library and looks up all functions that it calls.</summary>
    private static nint Bind(string library)
    {
        var isBound = OperatingSystem.IsWindows() || dlopen(library, BindNow) != 0;
        var handle = NativeLibrary.Load(library);       // says why not, unless functions alone are missing
        return isBound ? handle : throw new DllNotFoundException("libtorch lacks functions that it calls");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int mode);
}
