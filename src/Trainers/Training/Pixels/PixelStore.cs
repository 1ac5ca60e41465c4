using System.IO.Hashing;
using MLVision.MLNetExtensions.Files;
using MLVision.Trainers.Training.Compute;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>Images in the model's format: in memory up to a budget, the rest in a temporary file that is mapped for reading.</summary>
/// <remarks>
/// First, any number of threads append images. Then the store is sealed. Then any number of threads read. An image is bytes [size, size,
/// 3], RGB, and is identified by the number that <see cref="Append"/> returned.
/// </remarks>
internal sealed class PixelStore : IDisposable
{
    private const int Channels = 3;
    private const int BlockBytes = 1_000_000;

    private readonly Lock _gate = new();
    private readonly int _imagesPerBlock;
    private readonly long _mostImagesInMemory;
    private readonly long? _expectedImages;
    private readonly Func<PixelFile> _createFile;
    private readonly List<ulong> _digests = [];
    private List<byte[]> _blocks = [];
    private PixelFile? _file;
    private int _count;
    private bool _isSealed;
    private bool _isDisposed;

    /// <summary>Makes an empty store; nothing is allocated yet.</summary>
    /// <param name="imageSize">Width and height of every image in pixels.</param>
    /// <param name="memoryBytes">Most bytes to keep in memory, in whole images.</param>
    /// <param name="expectedImages">Number of images to come, if known: then a too small disk is noticed early.</param>
    /// <param name="createFile">Makes the file; null makes one in the temporary folder.</param>
    public PixelStore(int imageSize, long memoryBytes, long? expectedImages = null, Func<PixelFile>? createFile = null)
    {
        (ImageSize, ImageLength) = (imageSize, checked(imageSize * imageSize * Channels));
        _imagesPerBlock = Math.Max(1, BlockBytes / ImageLength);
        _mostImagesInMemory = memoryBytes / ImageLength;
        _expectedImages = expectedImages;
        _createFile = createFile ?? PixelFile.Create;
    }

    /// <summary>Width and height of every image in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Bytes of an image.</summary>
    public int ImageLength { get; }

    /// <summary>Number of images.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of the images in memory.</summary>
    public long BytesInMemory => Math.Min(Count, _mostImagesInMemory) * ImageLength;

    /// <summary>Bytes of the images in the file.</summary>
    public long BytesInFile => ((long)Count * ImageLength) - BytesInMemory;

    /// <summary>The folder of the file, or null where there is none.</summary>
    public string? Folder => _file?.Folder;

    /// <summary>A sealed store of images that are in memory already; they are copied.</summary>
    public static PixelStore Of(int imageSize, IEnumerable<byte[]> images)
    {
        var store = new PixelStore(imageSize, long.MaxValue);
        foreach (var image in images)
        {
            store.Append(image);
        }

        store.Seal();
        return store;
    }

    /// <summary>Adds an image and returns its number, from 0 in the order of the calls.</summary>
    /// <exception cref="ArgumentException">The image is of another size.</exception>
    /// <exception cref="IOException">The file cannot be written; the store cannot be used any more.</exception>
    /// <exception cref="InvalidOperationException">The store is sealed.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public int Append(ReadOnlySpan<byte> image)
    {
        if (image.Length != ImageLength)
        {
            throw new ArgumentException(
                $"An image of {ImageSize}×{ImageSize} pixels has {ImageLength} bytes; this one has {image.Length}.", nameof(image));
        }

        var (number, block) = Reserve();
        if (block is not null)
        {
            image.CopyTo(InBlock(block, number));
        }
        else
        {
            WriteToFile(image, number);
        }

        var digest = XxHash3.HashToUInt64(image);
        lock (_gate)
        {
            _digests[number] = digest;
        }

        return number;
    }

    /// <summary>A digest of an image's pixels. The chance that different images have the same digest is 1 in 2⁶⁴.</summary>
    public ulong DigestOf(int number)
    {
        lock (_gate)
        {
            return _digests[number];
        }
    }

    /// <summary>Returns pixels that were read from the file, unless a disk that fails has changed them.</summary>
    /// <exception cref="IOException">They are not those that were written.</exception>
    internal ReadOnlySpan<byte> ThrowIfChanged(int number, ReadOnlySpan<byte> pixels) =>
        XxHash3.HashToUInt64(pixels) == DigestOf(number)
            ? pixels
            : throw new IOException(
                $"The file of pixels in the temporary folder '{Folder}' is damaged: image {number} is not what was written to it. Name a " +
                $"folder on another disk in the environment variable {PixelFile.FolderVariable}, or raise PixelMemoryMegabytes.");

    /// <summary>Ends appending; from now on images can be read.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Seal()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_isSealed)
            {
                _file?.Map(BytesInFile);
                _isSealed = true;
            }
        }
    }

    /// <summary>Opens the images of the given numbers for reading, in this order.</summary>
    /// <exception cref="InvalidOperationException">The store is not sealed.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public PixelReader Read(IReadOnlyList<int> numbers)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_isSealed)
            {
                throw new InvalidOperationException("Seal the store before reading.");
            }

            return new PixelReader(this, numbers, _blocks, _file?.Hold());
        }
    }

    /// <summary>Frees the memory and removes the file; readers that are open may finish.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _blocks = [];
            _file?.Dispose();
        }
    }

    /// <summary>The image's offset in the file; negative if it is in memory.</summary>
    internal long OffsetInFile(int number) => (number - _mostImagesInMemory) * ImageLength;

    /// <summary>An image in memory.</summary>
    internal Span<byte> InMemory(List<byte[]> blocks, int number) => InBlock(blocks[number / _imagesPerBlock], number);

    private (int Number, byte[]? Block) Reserve()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isSealed)
            {
                throw new InvalidOperationException("The store is sealed: nothing can be appended.");
            }

            _digests.Add(0);
            if (_count >= _mostImagesInMemory)
            {
                _file ??= CreateFile();
                return (checked(_count++), null);
            }

            if (_count == _blocks.Count * (long)_imagesPerBlock)
            {
                var images = (int)Math.Min(_imagesPerBlock, _mostImagesInMemory - _count);
                _blocks.Add(GC.AllocateUninitializedArray<byte>(images * ImageLength));
            }

            return (checked(_count++), _blocks[^1]);
        }
    }

    private PixelFile CreateFile()
    {
        var file = _createFile();
        if (_expectedImages is { } images && file.FreeBytes is { } free && (images - _count) * ImageLength > free)
        {
            file.Dispose();
            throw TooSmall(file.Folder, $"it has {ByteSize.Format(free)} free.");
        }

        return file;
    }

    private void WriteToFile(ReadOnlySpan<byte> image, int number)
    {
        try
        {
            _file!.Write(image, OffsetInFile(number));
        }
        catch (Exception e) when (AtomicFile.WhyNotWritten(e) is { } reason)
        {
            throw TooSmall(_file!.Folder, reason, e);
        }
    }

    private IOException TooSmall(string folder, string reason, Exception? inner = null)
    {
        var images = Math.Max(_expectedImages ?? 0, Count);
        var need = ByteSize.Format((images - Math.Min(images, _mostImagesInMemory)) * ImageLength);
        var least = _expectedImages is null ? " or more" : "";
        return new IOException(
            $"Pixels that go beyond PixelMemoryMegabytes need a file of {need}{least}, and the temporary folder '{folder}' does not " +
            "take it: "
            + $"{reason.TrimEnd('.')}. Free space there, name another folder in the environment variable {PixelFile.FolderVariable}, " +
                "raise PixelMemoryMegabytes, or lower ImageSize.",
            inner);
    }

    private Span<byte> InBlock(byte[] block, int number) => block.AsSpan(number % _imagesPerBlock * ImageLength, ImageLength);
}
