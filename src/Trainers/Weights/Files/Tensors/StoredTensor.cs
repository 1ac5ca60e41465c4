namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>Where a storage's elements lie in the file.</summary>
/// <param name="Start">Offset of the first, in bytes from the beginning of the file.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct StorageRange(long Start, long Length);

/// <summary>
/// A tensor in a file: a view of a storage that may be transposed, expanded, or shared with other tensors; or values computed from a
/// file.
/// </summary>
/// <remarks>Exists only for views that lie within their storage, so copying never reads outside the file.</remarks>
internal sealed class StoredTensor
{
    // The limit of PyTorch.
    internal const int MostDimensions = 64;

    private readonly MappedFile _file;
    private readonly long _storageStart;
    private readonly float[]? _values;

    private StoredTensor(
        MappedFile file, long storageStart, ElementType elementType, long offset, long[] shape, long[] strides, int count)
    {
        (_file, _storageStart, ElementType) = (file, storageStart, elementType);
        (Offset, Shape, Strides, Count) = (offset, shape, strides, count);
    }

    private StoredTensor(MappedFile file, long[] shape, float[] values)
        : this(file, storageStart: 0, ElementType.Float32, offset: 0, shape, RowMajor(shape), values.Length) => _values = values;

    /// <summary>The type of the elements in the file.</summary>
    public ElementType ElementType { get; }

    /// <summary>Index of the first element in the storage.</summary>
    public long Offset { get; }

    /// <summary>Dimensions, outermost first; none for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>Distance in the storage between neighbours of each dimension, in elements; 0 repeats the same elements.</summary>
    public long[] Strides { get; }

    /// <summary>Number of elements. An expanded view has more than the file, so compare shapes before allocating.</summary>
    public int Count { get; }

    /// <summary>Checks a view against its storage.</summary>
    /// <exception cref="WeightsFileException">It reaches outside, is negative, or has more elements than an array.</exception>
    public static StoredTensor View(
        MappedFile file, string name, StorageRange storage, ElementType elementType, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MostDimensions
            || offset < 0 || shape.Any(long.IsNegative) || strides.Any(long.IsNegative))
        {
            throw file.Damaged($"tensor {MappedFile.Quote(name)} has a shape, strides or an offset that no tensor can have");
        }

        long count;
        try
        {
            count = shape.Aggregate(1L, (product, size) => checked(product * size));
            var end = shape.Zip(strides, (size, stride) => (size, stride))
                .Aggregate(checked(offset + 1), (sum, dimension) => checked(sum + ((dimension.size - 1) * dimension.stride)));
            if (count > 0 && end > storage.Length / elementType.Size())
            {
                throw Outside(inner: null);
            }
        }
        catch (OverflowException e)
        {
            throw Outside(e);
        }

        return count <= Array.MaxLength
            ? new StoredTensor(file, storage.Start, elementType, offset, shape, strides, (int)count)
            : throw file.Refused($"tensor {MappedFile.Quote(name)} has {count} elements, more than an array holds");

        WeightsFileException Outside(Exception? inner) => file.Damaged(
            $"tensor {MappedFile.Quote(name)} of shape [{string.Join(", ", shape)}] reaches outside its {storage.Length} bytes", inner);
    }

    /// <summary>A tensor of values that were computed from a file.</summary>
    /// <param name="file">The file, which closes the tensor when it is closed.</param>
    /// <param name="shape">Dimensions whose product is the number of values.</param>
    /// <param name="values">The elements in row-major order.</param>
    public static StoredTensor Of(MappedFile file, long[] shape, float[] values) => new(file, shape, values);

    /// <summary>Distances between neighbours of each dimension, where the last one's lie side by side.</summary>
    public static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (var dimension = shape.Length - 1; dimension >= 0; dimension--)
        {
            // An overflowing shape is refused elsewhere; until then no stride may be negative.
            strides[dimension] = stride & long.MaxValue;
            stride *= shape[dimension];
        }

        return strides;
    }

    /// <summary>Copies the elements in row-major order, as float.</summary>
    /// <exception cref="ArgumentException">The destination does not have <see cref="Count"/> elements.</exception>
    /// <exception cref="WeightsFileException">The elements are not floating-point numbers.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint is disposed.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != Count)
        {
            throw new ArgumentException($"The tensor has {Count} elements, the destination {destination.Length}.", nameof(destination));
        }

        RequireFloatingPoint();
        using var hold = _file.Keep();
        if (_values is not null)
        {
            _values.CopyTo(destination);
            return;
        }

        switch (ElementType)
        {
            case ElementType.Float64:
                CopyTo<StoredFloat64>(destination);
                break;
            case ElementType.Float32:
                CopyTo<StoredFloat32>(destination);
                break;
            case ElementType.Float16:
                CopyTo<StoredFloat16>(destination);
                break;
            default:
                CopyTo<StoredBFloat16>(destination);
                break;
        }
    }

    /// <summary>Throws unless <see cref="CopyTo(Span{float})"/> can copy the elements.</summary>
    /// <exception cref="WeightsFileException">The elements are not floating-point numbers.</exception>
    public void RequireFloatingPoint()
    {
        if (ElementType is not (ElementType.Float64 or ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16))
        {
            throw _file.Refused($"a tensor of {ElementType} stands where floating-point numbers are needed");
        }
    }

    private unsafe void CopyTo<T>(Span<float> destination)
        where T : unmanaged, IStoredElement
    {
        if (Count == 0)
        {
            return;
        }

        var first = _file.At(_storageStart + (Offset * sizeof(T)));
        if (IsContiguous)
        {
            StoredElements.CopyTo<T>(first, stride: 1, destination);
            return;
        }

        var (rowLength, outer) = ((int)Shape[^1], Shape.Length - 1);
        Span<long> index = stackalloc long[outer];
        index.Clear();
        long row = 0;
        for (var written = 0; written < Count; written += rowLength)
        {
            StoredElements.CopyTo<T>(first + (row * sizeof(T)), Strides[^1], destination.Slice(written, rowLength));
            for (var dimension = outer - 1; dimension >= 0; dimension--)
            {
                row += Strides[dimension];
                if (++index[dimension] < Shape[dimension])
                {
                    break;
                }

                row -= index[dimension] * Strides[dimension];
                index[dimension] = 0;
            }
        }
    }

    private bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (var dimension = Shape.Length - 1; dimension >= 0; dimension--)
            {
                if (Shape[dimension] != 1 && Strides[dimension] != expected)
                {
                    return false;
                }

                expected *= Shape[dimension];
            }

            return true;
        }
    }
}
