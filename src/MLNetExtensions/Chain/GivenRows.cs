using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>Rows of a schema that is given: image files in one column, and the default of their type in the others.</summary>
/// <param name="schema">The schema.</param>
/// <param name="image">The column of the files, of their paths or of decoded images.</param>
/// <param name="files">One file per row.</param>
internal sealed class GivenRows(DataViewSchema schema, DataViewSchema.Column image, IReadOnlyList<string> files) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => files.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(schema, image, files, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewSchema schema, DataViewSchema.Column image, IReadOnlyList<string> files, HashSet<int> active)
        : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            _position = _position + 1 < files.Count ? _position + 1 : -1;
            return _position >= 0;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<T> GetGetter<T>(DataViewSchema.Column column)
        {
            if (typeof(T) != column.Type.RawType)
            {
                throw CursorErrors.WrongType<T>(column);
            }

            Delegate getter = column.Index != image.Index ? new ValueGetter<T>((ref T value) => value = default!)
                : column.Type is TextDataViewType ? new ValueGetter<ReadOnlyMemory<char>>(Path)
                : new ValueGetter<MLImage>(Decode);
            return (ValueGetter<T>)getter;
        }

        private void Path(ref ReadOnlyMemory<char> path) => path = files[(int)_position].AsMemory();

        private void Decode(ref MLImage decoded) => decoded = MLImage.CreateFromFile(files[(int)_position]);
    }
}
