using System.Text;
using MLVision.MLNetExtensions;

namespace MLVision.Cli.Scores;

/// <summary>A result that is being written: to a file named <c>.partial</c> until it is whole.</summary>
/// <remarks>
/// Rows are appended and handed to the system four times a second: a process that is killed loses no more than those of a moment. The next
/// run compares the rows that are whole with the images, cuts off what is not, and goes on behind them.
/// </remarks>
internal sealed class ScorePart : IDisposable
{
    private const string Ending = ".partial";
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _path;
    private readonly ScoreRun _run;
    private readonly FileStream _file;
    private readonly StreamWriter _text;
    private DateTime _flushed = DateTime.UtcNow;

    private ScorePart(string path, ScoreRun run, FileStream file) =>
        (_path, _run, _file, _text) = (path, run, file, new StreamWriter(file, Utf8, 1 << 16, leaveOpen: true));

    /// <summary>Rows that are there.</summary>
    public int Rows { get; private set; }

    /// <summary>The unfinished file of a result.</summary>
    public static string PartialOf(string path) => path + Ending;

    /// <summary>Whether a result is there and whole; one of another run is refused.</summary>
    /// <param name="path">The result.</param>
    /// <param name="run">What it must be of.</param>
    /// <exception cref="ImageClassificationException">It is of something else.</exception>
    public static bool IsWhole(string path, ScoreRun run)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        var why = ScoreRun.Read(path) is not { } written ? "exists, and nothing says what it is of"
            : run.DifferenceTo(written) is { } difference ? $"holds rows of {difference}"
            : written.Bytes != new FileInfo(path).Length ? "was changed since it was written"
            : null;
        return why is null ? true : throw new ImageClassificationException(
            $"The output file '{path}' {why}: choose another file, or begin anew by --overwrite.");
    }

    /// <summary>Begins a result, or goes on with it.</summary>
    /// <param name="path">The result.</param>
    /// <param name="run">What it is of.</param>
    /// <param name="lines">What its rows look like.</param>
    /// <param name="images">The images of its rows.</param>
    /// <param name="overwrite">Whether to begin anew whatever is there.</param>
    /// <exception cref="ImageClassificationException">Another process writes it, or what is there is of something else.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static ScorePart Open(string path, ScoreRun run, ScoreLines lines, IEnumerable<InputImage> images, bool overwrite)
    {
        var partial = PartialOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileStream file;
        try
        {
            file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (File.Exists(partial))
        {
            throw new ImageClassificationException($"Another process writes '{partial}': wait for its end, or choose another file.", e);
        }

        try
        {
            if (overwrite)
            {
                file.SetLength(0);
                File.Delete(path);
            }

            var part = new ScorePart(path, run, file);
            if (file.Length == 0)
            {
                run.Write(path);
            }
            else if (ScoreRun.Read(path) is not { } begun || run.DifferenceTo(begun) is not null)
            {
                var why = ScoreRun.Read(path) is { } other
                    ? $"holds rows of {run.DifferenceTo(other)}" : "is there, and nothing says what it is of";
                throw new ImageClassificationException(
                    $"The unfinished '{partial}' {why}: choose another file by --out, or begin anew by --overwrite.");
            }

            part.Recover(lines, images);
            return part;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds a row.</summary>
    public void Add(string row)
    {
        _text.Write(row);
        Rows++;
        if (DateTime.UtcNow is var now && now - _flushed >= Between)
        {
            _text.Flush();
            _flushed = now;
        }
    }

    /// <summary>Hands all rows to the disk, and gives the file its name.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Complete()
    {
        _text.Flush();
        _file.Flush(flushToDisk: true);
        (_run with { Bytes = _file.Length }).Write(_path);
        Dispose();
        File.Move(PartialOf(_path), _path, overwrite: true);
    }

    /// <summary>Closes the file; what is written stays.</summary>
    public void Dispose()
    {
        if (_file.CanWrite)
        {
            _text.Dispose();
            _file.Dispose();
        }
    }

    /// <summary>Keeps the rows that are whole and those of the images, one after the other.</summary>
    private void Recover(ScoreLines lines, IEnumerable<InputImage> images)
    {
        var header = Utf8.GetBytes(lines.Header);
        long kept = 0;
        using (var image = images.GetEnumerator())
        {
            foreach (var (row, end) in WholeRows.Of(_file, lines.AreQuoted))
            {
                if (kept == 0 && header.Length > 0)
                {
                    if (!row.Span.SequenceEqual(header))
                    {
                        break;
                    }
                }
                else if (!image.MoveNext() || !row.Span.StartsWith(Utf8.GetBytes(lines.Beginning(image.Current))))
                {
                    break;
                }
                else
                {
                    Rows++;
                }

                kept = end;
            }
        }

        _file.SetLength(kept);
        _file.Position = kept;
        if (kept == 0)
        {
            _text.Write(lines.Header);
        }
    }
}
