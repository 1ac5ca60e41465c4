using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.Trainers.Files;

namespace MLVision.Cli.Projects;

/// <summary>The npm package that runs models in browsers: fetched once, checked, and kept in the user's cache.</summary>
internal static class OnnxRuntimeWeb
{
    /// <summary>The version that pages are tried with.</summary>
    public const string Version = "1.30.0";

    /// <summary>The package's file.</summary>
    public const string PackageFile = $"onnxruntime-web-{Version}.tgz";

    /// <summary>SHA-512 of the package's file in base 64, as the registry states it.</summary>
    private const string Sha512 = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==";

    private const string CacheFolder = "npm";
    private const string Path = "package/dist/";

    /// <summary>
    /// The files of the package, with and without WebGPU, and their names in a page: .js, because not every server knows .mjs.
    /// </summary>
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        [Path + "ort.wasm.min.mjs"] = "ort.wasm.min.js",
        [Path + "ort-wasm-simd-threaded.mjs"] = "ort-wasm-simd-threaded.js",
        [Path + "ort-wasm-simd-threaded.wasm"] = "ort-wasm-simd-threaded.wasm",
        [Path + "ort.webgpu.min.mjs"] = "ort.webgpu.min.js",
        [Path + "ort-wasm-simd-threaded.asyncify.mjs"] = "ort-wasm-simd-threaded.asyncify.js",
        [Path + "ort-wasm-simd-threaded.asyncify.wasm"] = "ort-wasm-simd-threaded.asyncify.wasm",
    };

    /// <summary>Names of the files in a page's folder.</summary>
    public static IEnumerable<string> FileNames => Files.Values;

    /// <summary>Finds the package: the one given, the one kept, or the registry's.</summary>
    /// <param name="given">The package's file; null to look in the cache and ask the registry.</param>
    /// <param name="say">Receives a sentence where something is fetched.</param>
    /// <param name="cancellationToken">Stops fetching.</param>
    /// <returns>Path of the package's file, whose content has been checked.</returns>
    /// <exception cref="ImageClassificationException">It is not that package, or cannot be fetched.</exception>
    public static async Task<string> FindAsync(string? given, Action<string> say, CancellationToken cancellationToken)
    {
        if (given is not null)
        {
            return await IsPackageAsync(given, cancellationToken) ? given : throw new ImageClassificationException(
                $"'{given}' is not {PackageFile} as npm has it: its SHA-512 is another. 'npm pack onnxruntime-web@{Version}' fetches it.");
        }

        var folder = UserCache.Folder(CacheFolder) ?? System.IO.Path.GetTempPath();
        var kept = System.IO.Path.Combine(folder, PackageFile);
        if (File.Exists(kept) && await IsPackageAsync(kept, cancellationToken))
        {
            return kept;
        }

        var address = NpmRegistry.AddressOf("onnxruntime-web", Version);
        say($"Fetching {address} into {folder}, once.");
        var package = await NpmRegistry.FetchAsync(address, PackageFile, cancellationToken);
        if (Convert.ToBase64String(SHA512.HashData(package)) != Sha512)
        {
            throw new ImageClassificationException(
                $"What {address} sent is not {PackageFile}: its SHA-512 is another. A proxy or a login page may have answered instead.");
        }

        AtomicFile.Write(kept, file => file.Write(package));
        return kept;
    }

    /// <summary>Takes the files that a page needs out of the package.</summary>
    /// <param name="package">The package's file.</param>
    /// <param name="folder">Where to; it is made.</param>
    public static void Extract(string package, string folder)
    {
        Directory.CreateDirectory(folder);
        using var file = File.OpenRead(package);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var archive = new TarReader(unpacked);
        while (archive.GetNextEntry() is { } entry)
        {
            if (Files.TryGetValue(entry.Name, out var name))
            {
                entry.ExtractToFile(System.IO.Path.Combine(folder, name), overwrite: true);
            }
        }
    }

    private static async Task<bool> IsPackageAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToBase64String(await SHA512.HashDataAsync(file, cancellationToken)) == Sha512;
    }
}
