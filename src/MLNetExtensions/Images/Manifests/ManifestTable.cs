namespace MLVision.MLNetExtensions.Images.Manifests;

/// <summary>A table in a text file, read row by row as often as wanted.</summary>
/// <param name="path">The file.</param>
internal abstract class ManifestTable(string path)
{
    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Names of the columns, without spaces around them.</summary>
    /// <exception cref="ImageDataException">The file has no header, or is no such table.</exception>
    public abstract IReadOnlyList<string> ReadColumns();

    /// <summary>The rows and the lines they begin on.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="wanted">Whether a column's cells are wanted; others are given as null.</param>
    /// <exception cref="ImageDataException">A row is no row of the table.</exception>
    public abstract IEnumerable<(int Line, string[] Cells)> Rows(IReadOnlyList<string> columns, bool[] wanted);

    /// <summary>A fault of a row.</summary>
    public ImageDataException Fault(int line, string what) => new($"{System.IO.Path.GetFileName(path)}, line {line}: {what}");

    /// <summary>A fault of the file.</summary>
    public ImageDataException Fault(string what) => new($"The manifest '{path}' {what}");
}
