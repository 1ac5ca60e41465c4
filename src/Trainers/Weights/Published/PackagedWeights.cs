using System.Globalization;
using System.Security.Cryptography;
using MLVision.Trainers.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Finds weights that a NuGet package brings: beside the application, or in the user's cache folder.</summary>
/// <param name="applicationFolder">Where the package's files were copied.</param>
/// <param name="cacheFolder">Where a user may have put the file by hand; null if there is none.</param>
internal sealed class PackagedWeights(string applicationFolder, string? cacheFolder)
{
    /// <summary>In this application and this user's cache.</summary>
    public static PackagedWeights OfThisApplication() => new(AppContext.BaseDirectory, UserCache.Folder(WeightsCache.FolderName));

    /// <summary>The path of the weights' file, the first that is whole.</summary>
    /// <param name="weights">Weights that a package brings.</param>
    /// <exception cref="WeightsFileException">There is none, or it is cut or another one.</exception>
    public string Find(PublishedWeights weights)
    {
        var package = weights.Package!;
        string[] places =
        [
            Path.GetFullPath(Path.Combine(applicationFolder, package.Path)),
            .. cacheFolder is null ? Array.Empty<string>() : [Path.GetFullPath(Path.Combine(cacheFolder, weights.FileName))],
        ];
        string? damage = null;
        foreach (var place in places.Where(File.Exists))
        {
            if (DamageOf(place, weights) is not { } found)
            {
                return place;
            }

            damage ??= found;
        }

        throw new WeightsFileException(damage ??
            $"The weights {weights.Name} are the file {weights.FileName} of the NuGet package {package.Id}, which is not at " +
            $"{string.Join(" or ", places.Select(place => $"'{place}'"))}: add the package to the application (dotnet add package " +
            $"{package.Id}), put the file in one of these places, or give its path as Weights (--weights).");
    }

    /// <summary>Null if the file is the published one.</summary>
    private static string? DamageOf(string path, PublishedWeights weights)
    {
        var package = weights.Package!;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length < package.Length)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The weights file '{path}' is cut: it has {file.Length} of {package.Length} bytes; {Remedy()}.");
            }

            var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
            return weights.Match(sha256)
                ? null
                : $"The weights file '{path}' is another one than the package {package.Id} {package.Version} brings: " +
                    $"{weights.Difference(sha256)}; {Remedy()}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The weights file '{path}' cannot be read: {e.Message}";
        }

        string Remedy() => $"delete it and build again, or take it from the package {package.Id} {package.Version}";
    }
}
