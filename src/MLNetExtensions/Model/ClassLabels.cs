using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Unicode;

namespace MLVision.MLNetExtensions.Model;

/// <summary>The classes in key order, with the values that the label column's key stands for: text, numbers or any other type.</summary>
internal abstract class ClassLabels
{
    /// <summary>
    /// Most classes. With more, hardly any seed gives all of them different hashes of 31 bits, which the chain's label steps need: with
    /// this many one seed in ten does, with three times as many one in a billion.
    /// </summary>
    public const int Most = 100_000;

    private const string KeyValues = "KeyValues";

    /// <summary>The classes as text, in key order.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Number of classes.</summary>
    public int Count => Names.Count;

    /// <summary>A table with a row per class: <c>Hash</c>, the given number, and <c>Value</c>, the label.</summary>
    public abstract IDataView Table(DataOperationsCatalog data, IReadOnlyList<uint> hashes);

    /// <summary>Other classes first, in their order, then those of these that are not among them.</summary>
    /// <param name="names">The other classes as text; each must be a value of the labels' type.</param>
    /// <exception cref="ColumnMismatchException">A name is no value of that type.</exception>
    public abstract ClassLabels After(IReadOnlyList<string> names);

    /// <summary>Classes named by text.</summary>
    public static ClassLabels FromNames(IEnumerable<string> names) => new Typed<ReadOnlyMemory<char>>([.. names.Select(n => n.AsMemory())]);

    /// <summary>Classes of a key column; a key without values names its classes 1, 2, …</summary>
    /// <exception cref="ColumnMismatchException">The column is not a key of known size, has a name that no model may have, or one in two
    /// Unicode forms.</exception>
    public static ClassLabels FromKeyColumn(DataViewSchema.Column column)
    {
        if (column.Type is not KeyDataViewType { Count: > 0 and <= int.MaxValue } key || key.RawType != typeof(uint))
        {
            throw new ColumnMismatchException(
                $"The label column '{column.Name}' must be a key of known size but is {column.Type}; map it with " +
                $"MapValueToKey(\"{column.Name}\").");
        }

        if (key.Count > Most)
        {
            throw new ColumnMismatchException(
                $"The label column '{column.Name}' has {key.Count:N0} classes, and a model has at most {Most:N0}.");
        }

        if (column.Annotations.Schema.GetColumnOrNull(KeyValues) is not { Type: VectorDataViewType values })
        {
            return new Typed<uint>([.. Enumerable.Range(1, (int)key.Count).Select(i => (uint)i)]);
        }

        var labels = Make(values.ItemType, nameof(ReadKeyValues), column);
        if (labels.Names.Select(MetadataLimits.WhyNoLabel).FirstOrDefault(fault => fault is not null) is { } fault)
        {
            throw new ColumnMismatchException($"The label column '{column.Name}' has a name {fault}; give the class another one.");
        }

        return labels.Names.Distinct(StringComparer.Ordinal).GroupBy(NormalForm.Of).FirstOrDefault(forms => forms.Count() > 1) is { } twins
            ? throw new ColumnMismatchException(
                $"The label column '{column.Name}' has the name '{twins.Key}' in two Unicode forms, which look the same: "
                + "convert the labels to one form with string.Normalize before MapValueToKey.")
            : labels;
    }

    /// <summary>Two placeholders for the classes of a key column of which only the shape is known: labels of the same type.</summary>
    /// <exception cref="ColumnMismatchException">The column is not a key.</exception>
    public static ClassLabels StandInsFor(SchemaShape.Column column)
    {
        if (!column.IsKey || column.ItemType != NumberDataViewType.UInt32)
        {
            throw new ColumnMismatchException(
                $"The label column '{column.Name}' must be a key but is {column.ItemType}; map it with MapValueToKey(\"{column.Name}\").");
        }

        var values = column.Annotations.FirstOrDefault(annotation => annotation.Name == KeyValues);
        return Make(values.Name is null ? NumberDataViewType.UInt32 : values.ItemType, nameof(MakeStandIns));
    }

    private static ClassLabels Make(DataViewType valueType, string method, params object[] arguments)
    {
        var maker = typeof(ClassLabels)
            .GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (ClassLabels)maker.MakeGenericMethod(valueType.RawType).Invoke(null, arguments)!;
    }

    private static Typed<T> MakeStandIns<T>() => new(new T[2]);

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

        public override ClassLabels After(IReadOnlyList<string> names)
        {
            var known = new LabelIndex(names);
            return new Typed<T>([.. names.Select(Parse), .. values.Where((_, i) => known.Find(Names[i]) is null)]);
        }

        private static T Parse(string name)
        {
            if (name.AsMemory() is T text)
            {
                return text;
            }

            try
            {
                return (T)Convert.ChangeType(name, typeof(T), System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
            {
                throw new ColumnMismatchException(
                    $"The class '{name}' is known already, and the labels that are to join it are of the type {typeof(T).Name}, of which " +
                    "it is no value: give the new images labels of the type that the known ones had, or text.");
            }
        }

        public override IDataView Table(DataOperationsCatalog data, IReadOnlyList<uint> hashes) =>
            data.LoadFromEnumerable(values.Select((value, i) => new Row<T> { Hash = hashes[i], Value = value }).ToArray());
    }

    private sealed class Row<T>
    {
        public uint Hash { get; set; }

        public T Value { get; set; } = default!;
    }
}
