using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MLVision.MLNetExtensions.Files;

namespace MLVision.Trainers.Native;

/// <summary>Tells the version of a libtorch, and whether TorchSharp works with it.</summary>
internal static partial class LibtorchVersion
{
    /// <summary>What TorchSharp 0.107 was built with. A later one of the same major version keeps the functions that it has.</summary>
    private static readonly Version Oldest = new(2, 10);

    /// <summary>The newest that this library was tried with.</summary>
    private static readonly Version NewestTried = new(2, 11);

    /// <summary>Whether a version is newer than any that was tried.</summary>
    public static bool IsUntried(Version version) => version.Major > NewestTried.Major || version.Minor > NewestTried.Minor;

    /// <summary>What a loaded libtorch says to extensions; null if it says nothing, as those before 2.9 do, or those for Windows.</summary>
    /// <param name="core">Its library with everything that runs on a CPU.</param>
    public static unsafe Version? Exported(nint core) =>
        NativeLibrary.TryGetExport(core, "aoti_torch_abi_version", out var function)
            ? Of(((delegate* unmanaged<ulong>)function)())
            : null;

    /// <summary>
    /// What stands beside the folder of a Python installation (version.py) or of an unpacked archive (build-version); null if nothing does.
    /// </summary>
    public static Version? Written(string folder)
    {
        var parent = Path.GetDirectoryName(RealPath.Of(folder)) ?? folder;
        return ((string[])["version.py", "build-version"]).Select(name => Path.Combine(parent, name)).Where(File.Exists)
            .Select(file => Numbers().Match(File.ReadAllText(file))).FirstOrDefault(match => match.Success) is { } found
            ? Version.Parse(found.Groups["version"].Value) : null;
    }

    /// <summary>Refuses a version that TorchSharp does not work with.</summary>
    /// <param name="folder">Where it is, for the message.</param>
    /// <param name="version">The version, or null if it does not say.</param>
    /// <exception cref="TorchRuntimeException">It is unknown, too old, or of another major version.</exception>
    public static void ThrowIfUnfit(string folder, Version? version)
    {
        if (version is null || version.Major != Oldest.Major || version < Oldest)
        {
            var found = version is null ? "does not say its version, as older ones do not" : $"is {version}";
            throw new TorchRuntimeException(
                $"The libtorch in '{folder}', which {OtherLibtorch.Variable} names, {found}: name one of {Oldest} or of a newer " +
                $"{Oldest.Major}.x.");
        }
    }

    /// <summary>The version in the number that says it; a byte each for major, minor and patch.</summary>
    /// <remarks>Source: torch/headeronly/version.h, TORCH_ABI_VERSION.</remarks>
    internal static Version Of(ulong abi) => new((int)(abi >> 56), (int)((abi >> 48) & 0xff), (int)((abi >> 40) & 0xff));

    [GeneratedRegex(@"^(__version__\s*=\s*['""])?(?<version>\d+\.\d+(\.\d+)?)", RegexOptions.Multiline)]
    private static partial Regex Numbers();
}
