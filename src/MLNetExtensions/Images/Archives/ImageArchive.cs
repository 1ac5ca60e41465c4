using System.IO.Compression;
using MLVision.MLNetExtensions.Files;

namespace MLVision.MLNetExtensions.Images.Archives;

/// <summary>An open archive of images. Safe for any number of threads, which read one after the other.</summary>
/// <param name="path">The archive.</param>
/// <param name="stamp">Which state of the file this is.</param>
internal sealed class ImageArchive(string path, FileStamp? stamp) : IDisposable
{
    /// <summary>The largest image in bytes, twice what the largest one that is decoded may take uncompressed.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>What deflate can make of a byte at most, so that an entry that claims more lies (zlib's technical notes).</summary>
    private const long MostPerByte = 1032;
    private const long Slack = 64;

    private readonly Lock _lock = new();
    private ZipArchive? _zip;
    private Dictionary<string, ZipArchiveEntry> _entries = [];

    /// <summary>The archive's path.</summary>
    public string Path => path;

    /// <summary>The file's time and size when it was opened.</summary>
    public FileStamp? Stamp => stamp;

    /// <summary>Whether there is an image of this name.</summary>
    /// <exception cref="IOException">The archive cannot be read.</exception>
    public bool Has(string name)
    {
        lock (_lock)
        {
            return Entries().ContainsKey(name);
        }
    }

    /// <summary>An image's bytes.</summary>
    /// <exception cref="IOException">The archive or the image cannot be read.</exception>
    public byte[] Read(string name)
    {
        lock (_lock)
        {
            try
            {
                var entry = Find(name);
                if (entry.IsEncrypted)
                {
                    throw new IOException("it is encrypted in its archive.");
                }

                if (entry.Length > MostBytes || entry.Length > (entry.CompressedLength * MostPerByte) + Slack)
                {
                    throw new IOException($"its archive claims {entry.Length} bytes of it, which cannot be an image.");
                }

                var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
                using var content = entry.Open();
                content.ReadExactly(bytes);
                return bytes;
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                throw new IOException($"its archive is damaged: {e.Message}", e);
            }
        }
    }

    /// <summary>An image's size in bytes, as the archive states it.</summary>
    /// <exception cref="IOException">The archive cannot be read, or has no such image.</exception>
    public long SizeOf(string name)
    {
        lock (_lock)
        {
            return Find(name).Length;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            // Whoever got this archive before it was closed opens it again.
            _zip?.Dispose();
            _zip = null;
            _entries = [];
        }
    }

    private ZipArchiveEntry Find(string name) =>
        Entries().GetValueOrDefault(name) ?? throw new IOException($"the archive '{path}' has no '{name}'.");

    private Dictionary<string, ZipArchiveEntry> Entries()
    {
        if (_zip is null)
        {
            try
            {
                var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                _zip = new ZipArchive(file, ZipArchiveMode.Read);
                foreach (var entry in _zip.Entries)
                {
                    _entries[entry.FullName] = entry;
                }
            }
            catch (InvalidDataException e)
            {
                throw new IOException($"the archive '{path}' is no zip file, or it is damaged.", e);
            }
        }

        return _entries;
    }
}
