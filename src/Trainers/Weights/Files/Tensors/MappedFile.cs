using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;

namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>A weights file that is mapped into memory, and its error messages.</summary>
/// <remarks>
/// If somebody shortens the file while it is mapped, the process ends, as with every mapping: replace files, do not rewrite them.
/// </remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    private MappedFile(string path, SafeFileHandle file, long length)
    {
        (Path, Length) = (path, length);
        _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch
        {
            _map.Dispose();
            throw;
        }
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    /// <exception cref="WeightsFileException">The file is missing, empty or cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        SafeFileHandle? file = null;
        if (Entry.KindOf(path) is var kind and not (EntryKind.File or EntryKind.Folder or EntryKind.Missing))
        {
            throw new WeightsFileException($"The weights file '{path}' is a {Entry.Describe(kind)}; give a file.");
        }

        try
        {
            file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            return length > 0 ? new MappedFile(path, file, length) : throw new WeightsFileException($"The weights file '{path}' is empty.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new WeightsFileException($"There is no weights file '{path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            file?.Dispose();
            var why = Directory.Exists(path) ? "it is a directory; name the file in it." : e.Message;
            throw new WeightsFileException($"The weights file '{path}' cannot be opened: {why}", e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the file, not copied; use them only while the file is open.</summary>
    /// <exception cref="WeightsFileException">They lie outside the file, or are more than a span can hold.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset || length > int.MaxValue)
        {
            throw Damaged($"it points to {length} bytes at offset {offset}, and has {Length} bytes");
        }

        return new ReadOnlySpan<byte>(At(offset), (int)length);
    }

    /// <summary>The file's bytes as a stream, to be used only while the file is open.</summary>
    public Stream OpenRead() => _map.CreateViewStream(0, Length, MemoryMappedFileAccess.Read);

    /// <summary>Keeps the mapping until the returned hold is disposed, even if the file is disposed first.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public Hold Keep() => new(_view.SafeMemoryMappedViewHandle);

    /// <summary>The address of a checked offset; valid while a hold exists.</summary>
    public byte* At(long offset) => (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + offset;

    /// <summary>An error: the file does not follow its format.</summary>
    /// <param name="what">A clause without the full stop.</param>
    /// <param name="inner">The parser's exception, or null.</param>
    public WeightsFileException Damaged(string what, Exception? inner = null) =>
        new($"The weights file '{Path}' is damaged: {what}.", inner);

    /// <summary>An error: the file is whole, but of a kind that is not read here.</summary>
    /// <param name="what">A clause with its remedy, without the full stop.</param>
    public WeightsFileException Refused(string what) => new($"The weights file '{Path}' is refused: {what}.");

    /// <summary>A name from the file for use in a message: quoted, on one line, and shortened.</summary>
    public static string Quote(string name) => ForeignText.Quote(name);

    /// <summary>The same without quotation marks.</summary>
    public static string Clean(string name) => ForeignText.Clean(name);

    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    /// <summary>A counted reference to the mapping.</summary>
    internal readonly ref struct Hold
    {
        private readonly SafeMemoryMappedViewHandle _handle;

        public Hold(SafeMemoryMappedViewHandle handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
        }

        public void Dispose() => _handle.DangerousRelease();
    }
}
