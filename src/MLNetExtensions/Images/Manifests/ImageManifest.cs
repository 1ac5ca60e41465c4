using Microsoft.Extensions.Logging;

namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>A table that names images, their classes and parts: CSV with a header, or JSON lines.</summary>
/// <remarks>
/// <c>image</c> is a path relative to the table's file, or a full one; one such as <c>photographs.zip/roses/1.jpg</c> names an image in an
/// archive. <c>label</c> is its class, <c>split</c> its part: <c>train</c>, <c>validation</c> or <c>test</c>. Other columns are carried
/// along. Rows are read from the file as they are asked for.
/// </remarks>
/// <example>
/// <code>
/// ManifestImages images = ImageManifest.Open("flowers.csv").ReadLabeled();
/// Console.WriteLine($"{images.Train.Count} images to learn from, {images.Validation.Count} to watch it by");
/// </code>
/// </example>
public sealed class ImageManifest
{
    private readonly ManifestTable _table;
    private readonly ManifestColumns _columns;
    private readonly ManifestPlaces _places;

    private ImageManifest(ManifestTable table, ManifestColumns columns)
    {
        (_table, _columns) = (table, columns);
        _places = new ManifestPlaces(Folder);
    }

    /// <summary>File name endings of tables, in lower case with the dot.</summary>
    public static IReadOnlyCollection<string> Extensions { get; } = [".csv", ".jsonl"];

    /// <summary>Full path of the file.</summary>
    public string Path => _table.Path;

    /// <summary>Full path of its folder, which names of images are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Whether there is a column <c>label</c>.</summary>
    public bool HasLabels => _columns.Label >= 0;

    /// <summary>Whether there is a column <c>split</c>.</summary>
    public bool IsSplit => _columns.Split >= 0;

    /// <summary>Names of the columns that are carried along.</summary>
    public IReadOnlyList<string> Others => _columns.OtherNames;

    /// <summary>Whether a path names such a table: it ends so, and is no folder.</summary>
    public static bool IsNamedSo(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Extensions.Contains(System.IO.Path.GetExtension(path).ToLowerInvariant()) && !Directory.Exists(path);
    }

    /// <summary>Opens a table and reads the names of its columns.</summary>
    /// <param name="path">The file, whose name ends in .csv or .jsonl.</param>
    /// <exception cref="ImageDataException">
    /// There is no such file, or it is empty, or its columns are wrong: none is named <c>image</c>, or two have one name.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImageManifest Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!IsNamedSo(path))
        {
            throw new ImageDataException($"'{path}' is no manifest: its name must end in {string.Join(" or ", Extensions)}.");
        }

        var full = System.IO.Path.GetFullPath(path);
        ManifestTable table = full.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? new CsvTable(full) : new JsonLinesTable(full);
        return new ImageManifest(table, ManifestColumns.Of(table));
    }

    /// <summary>The rows in their order, as they are written; whether their labels and images are sound is not checked.</summary>
    /// <exception cref="ImageDataException">A row has too few or too many values, no image, or is no text.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IEnumerable<ManifestRow> Rows() => Rows(withOthers: true, _ => { });

    /// <summary>The number of rows.</summary>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <inheritdoc cref="Rows()" path="/exception"/>
    public int Count(CancellationToken cancellationToken = default)
    {
        var count = 0;
        foreach (var _ in _table.Rows(_columns.Names, new bool[_columns.Names.Count]))
        {
            count++;
            cancellationToken.ThrowIfCancellationRequested();
        }

        return count;
    }

    /// <summary>Reads all rows as labelled images, after checking them.</summary>
    /// <remarks>
    /// An image that is named again with the same label and part counts once. Files that are missing are not looked for: whoever reads the
    /// images skips and lists them. Labels are in Unicode's normal form C, without spaces around them.
    /// </remarks>
    /// <param name="logger">Told in a line how many rows there are of each part, which count once, and which lie elsewhere.</param>
    /// <exception cref="ImageDataException">
    /// There is no column <c>label</c>, or no row; a label is empty, or several in one; an image has two labels or parts; a part is
    /// unknown; an image is a device or a pipe; a row is none. The message names the line.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ManifestImages ReadLabeled(ILogger? logger = null)
    {
        _columns.ThrowUnlessLabeled(_table);
        List<LabeledImage>[] parts = [[], [], []];
        var check = new ManifestCheck(this);
        foreach (var (row, label, part) in check.Rows(logger, withOthers: false))
        {
            parts[(int)part].Add(new LabeledImage { ImagePath = row.ImagePath, Label = label! });
        }

        return new ManifestImages(
            IsSplit, parts[(int)ManifestPart.Train], parts[(int)ManifestPart.Validation], parts[(int)ManifestPart.Test]);
    }

    /// <summary>The rows, of which those that name a file outside the folder are told.</summary>
    internal IEnumerable<ManifestRow> Rows(bool withOthers, Action<ManifestRow> outside)
    {
        var wanted = new bool[_columns.Names.Count];
        for (var place = 0; place < wanted.Length; place++)
        {
            wanted[place] = withOthers || !_columns.Others.Contains(place);
        }

        foreach (var (line, cells) in _table.Rows(_columns.Names, wanted))
        {
            var image = cells[_columns.Image];
            if (string.IsNullOrWhiteSpace(image))
            {
                throw Fault(line, "there is no image.");
            }

            if (image.Contains('\0', StringComparison.Ordinal))
            {
                throw Fault(line, "the image's name holds a character of code 0.");
            }

            var row = new ManifestRow(
                line, image, _places.PathOf(image, out var isOutside), Cell(cells, _columns.Label), Cell(cells, _columns.Split),
                withOthers ? [.. _columns.Others.Select(place => cells[place])] : []);
            if (isOutside)
            {
                outside(row);
            }

            yield return row;
        }
    }

    /// <summary>A fault of a row.</summary>
    internal ImageDataException Fault(int line, string what) => _table.Fault(line, what);

    /// <summary>A fault of the file.</summary>
    internal ImageDataException Fault(string what) => _table.Fault(what);

    private static string? Cell(string[] cells, int place) => place < 0 ? null : cells[place];
}
