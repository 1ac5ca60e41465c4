using System.Security.Cryptography;
using System.Text;
using MLVision.Cli.Output;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Folders;
using MLVision.MLNetExtensions.Images.Manifests;

namespace MLVision.Cli.Scores;

/// <summary>The images to score, in an order that is the same whenever and wherever they are listed.</summary>
internal sealed class ScoreInput
{
    /// <summary>What stands before the name of a column that is carried along, if a column of ours has that name.</summary>
    public const string Prefix = "given_";

    private readonly IEnumerable<InputImage> _images;

    private ScoreInput(string hash, int count, IReadOnlyList<string> carried, IEnumerable<InputImage> images) =>
        (Hash, Count, Carried, _images) = (hash, count, carried, images);

    /// <summary>SHA-256 of the manifest, or of the names in the folder: what the rows of a result are compared by.</summary>
    public string Hash { get; }

    /// <summary>Number of images.</summary>
    public int Count { get; }

    /// <summary>Names of the columns that are carried along, as the result has them.</summary>
    public IReadOnlyList<string> Carried { get; }

    /// <summary>Finds the images.</summary>
    /// <param name="data">A folder, or a manifest.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ImageDataException">There are none, or the manifest is faulty.</exception>
    public static ScoreInput Open(string data, CancellationToken cancellationToken) =>
        ImageManifest.IsNamedSo(data) ? OfManifest(ImageManifest.Open(data), cancellationToken) : OfFolder(data);

    /// <summary>The images from a row on.</summary>
    /// <param name="first">The first row, from 0.</param>
    /// <param name="count">How many.</param>
    public IEnumerable<InputImage> From(int first, int count) => _images.Skip(first).Take(count);

    private static ScoreInput OfFolder(string folder)
    {
        var root = Path.GetFullPath(folder);
        var files = ImageFolder.ListFiles(folder, new NotesLogger());
        var images = files.Select(
            path => new InputImage(Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'), path, []));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in images)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(image.Name + '\n'));
        }

        return new ScoreInput(Convert.ToHexStringLower(hash.GetHashAndReset()), files.Count, [], images);
    }

    private static ScoreInput OfManifest(ImageManifest manifest, CancellationToken cancellationToken)
    {
        var count = manifest.Count(cancellationToken);
        if (count == 0)
        {
            throw new ImageDataException($"The manifest '{manifest.Path}' has a header but no rows.");
        }

        using var file = File.OpenRead(manifest.Path);
        IEnumerable<string> names =
            [.. manifest.HasLabels ? ["label"] : Array.Empty<string>(), .. manifest.IsSplit ? ["split"] : Array.Empty<string>(),
                .. manifest.Others];
        var images = manifest.Rows().Select(row => new InputImage(row.Image, row.ImagePath,
            [.. row.Label is { } label ? [label] : Array.Empty<string>(), .. row.Split is { } split ? [split] : Array.Empty<string>(),
                .. row.Others]));
        return new ScoreInput(Convert.ToHexStringLower(SHA256.HashData(file)), count, Distinct(names), images);
    }

    private static List<string> Distinct(IEnumerable<string> names)
    {
        var taken = new HashSet<string>(ScoreLines.Columns, StringComparer.OrdinalIgnoreCase);
        List<string> carried = [];
        foreach (var name in names)
        {
            var free = name;
            while (!taken.Add(free))
            {
                free = Prefix + free;
            }

            carried.Add(free);
        }

        return carried;
    }
}
