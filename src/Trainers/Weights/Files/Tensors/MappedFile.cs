using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>A file of weights mapped into memory, and the sentences about what is wrong with it.</summary>
/// <remarks>
/// Whoever cuts the file short while it is mapped ends the process, as with every mapping: replace files, do not rewrite them.
/// </remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private const int LongestName = 120;

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

    /// <summary>Bytes of the file, without a copy; to be used only while the file is open.</summary>
    /// <exception cref="WeightsFileException">They lie outside the file, or are more than a span holds.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset || length > int.MaxValue)
        {
            throw Damaged($"it points to {length} bytes at offset {offset}, and has {Length} bytes");
        }

        return new ReadOnlySpan<byte>(At(offset), (int)length);
    }

    /// <summary>Keeps the mapping until the returned hold is disposed, whoever disposes the file meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public Hold Keep() => new(_view.SafeMemoryMappedViewHandle);

    /// <summary>The address of an offset that has been checked; valid while a hold lasts.</summary>
    public byte* At(long offset) => (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + offset;

    /// <summary>The file does not follow its format.</summary>
    /// <param name="what">A main clause without its full stop.</param>
    /// <param name="inner">What a parser answered.</param>
    public WeightsFileException Damaged(string what, Exception? inner = null) =>
        new($"The weights file '{Path}' is damaged: {what}.", inner);

    /// <summary>The file is whole, but not one that is read here.</summary>
    /// <param name="what">A main clause with its remedy, without its full stop.</param>
    public WeightsFileException Refused(string what) => new($"The weights file '{Path}' is refused: {what}.");

    /// <summary>A name out of the file, fit for a sentence: quoted, of one line, and not too long.</summary>
    public static string Quote(string name) => $"'{Clean(name)}'";

    /// <summary>The same without quotation marks.</summary>
    public static string Clean(string name)
    {
        var start = name.Length > LongestName ? name[..LongestName] + "…" : name;
        return string.Concat(start.Select(c => char.IsControl(c) ? '?' : c));
    }

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
