using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetExtensions;

/// <summary>The classes in key order, with the values that the label column's key stands for: text, numbers or any other type.</summary>
internal abstract class ClassLabels
{
    /// <summary>The classes as text, in key order.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Number of classes.</summary>
    public int Count => Names.Count;

    /// <summary>A table with a row per class: <c>Hash</c>, the given number, and <c>Value</c>, the label.</summary>
    public abstract IDataView Table(DataOperationsCatalog data, IReadOnlyList<uint> hashes);

    /// <summary>Classes named by text.</summary>
    public static ClassLabels FromNames(IEnumerable<string> names) => new Typed<ReadOnlyMemory<char>>([.. names.Select(n => n.AsMemory())]);

    /// <summary>Classes of a key column; a key without values names its classes 1, 2, …</summary>
    /// <exception cref="ColumnMismatchException">The column is no key of known size.</exception>
    public static ClassLabels FromKeyColumn(DataViewSchema.Column column)
    {
        if (column.Type is not KeyDataViewType { Count: > 0 and <= int.MaxValue } key)
        {
            throw new ColumnMismatchException(
                $"The label column '{column.Name}' must be a key of known size but is {column.Type}; map it with MapValueToKey(\"{column.Name}\").");
        }

        if (column.Annotations.Schema.GetColumnOrNull("KeyValues") is not { Type: VectorDataViewType values })
        {
            return new Typed<uint>([.. Enumerable.Range(1, (int)key.Count).Select(i => (uint)i)]);
        }

        var read = typeof(ClassLabels).GetMethod(nameof(ReadKeyValues), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (ClassLabels)read.MakeGenericMethod(values.ItemType.RawType).Invoke(null, [column])!;
    }

    private static Typed<T> ReadKeyValues<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return new Typed<T>([.. values.DenseValues()]);
    }

    private sealed class Typed<T>(T[] values) : ClassLabels
    {
        public override IReadOnlyList<string> Names { get; } =
            [.. values.Select(v => Convert.ToString(v, System.Globalization.CultureInfo.InvariantCulture) ?? "")];

        public override IDataView Table(DataOperationsCatalog data, IReadOnlyList<uint> hashes) =>
            data.LoadFromEnumerable(values.Select((value, i) => new Row<T> { Hash = hashes[i], Value = value }).ToArray());
    }

    private sealed class Row<T>
    {
        public uint Hash { get; set; }

        public T Value { get; set; } = default!;
    }
}
