using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Scoring.DataViews;

/// <summary>The values of one column for the rows of a batch, kept until the reader needs them.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>Copies a vector, so that the reader and the buffer do not share memory.</summary>
    private delegate void Copier<T>(in T source, ref T target);

    /// <summary>Stores the value of the source's current row. An error of the source is kept and thrown when this value is read.</summary>
    public abstract void Take(int row);

    /// <summary>Makes the buffers of one column for several batches that are read from the same cursor.</summary>
    public static Func<int, ColumnBuffer> Maker(DataViewRow source, DataViewSchema.Column column) =>
        typeof(ColumnBuffer).GetMethod(nameof(MakeTyped), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(column.Type.RawType)
            .CreateDelegate<Func<DataViewRow, DataViewSchema.Column, Func<int, ColumnBuffer>>>()(source, column);

    /// <summary>Gives the value of a row.</summary>
    public static void Read<T>(ColumnBuffer buffer, int row, ref T value) => ((Typed<T>)buffer).Read(row, ref value);

    private static Func<int, ColumnBuffer> MakeTyped<T>(DataViewRow source, DataViewSchema.Column column)
    {
        var getter = source.GetGetter<T>(column);
        var copier = CopierOf<T>();
        return capacity => new Typed<T>(getter, copier, capacity);
    }

    private static Copier<T> CopierOf<T>() => typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
        ? typeof(ColumnBuffer).GetMethod(nameof(CopyVector), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(typeof(T).GetGenericArguments()).CreateDelegate<Copier<T>>()
        : (in T source, ref T target) => target = source;

    private static void CopyVector<T>(in VBuffer<T> source, ref VBuffer<T> target) => source.CopyTo(ref target);

    private sealed class Typed<T>(ValueGetter<T> getter, Copier<T> copier, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];
        private readonly ExceptionDispatchInfo?[] _errors = new ExceptionDispatchInfo?[capacity];

        public override void Take(int row)
        {
            try
            {
                // A getter may reuse the given value: it is that of an earlier row and is not needed any more.
                getter(ref _values[row]);
                _errors[row] = null;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _errors[row] = ExceptionDispatchInfo.Capture(e);
            }
        }

        public void Read(int row, ref T value)
        {
            _errors[row]?.Throw();
            copier(in _values[row], ref value);
        }
    }
}
