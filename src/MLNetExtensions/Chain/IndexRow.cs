using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>A row with the index of a class, as the ONNX model gives it: a vector of one element.</summary>
internal sealed class IndexRow
{
    [VectorType(1, 1)]
    [ColumnName(StockChain.Index)]
    public long[] Index { get; set; } = [];

    /// <summary>A row for each class.</summary>
    public static IDataView View(DataOperationsCatalog data, int classes) =>
        data.LoadFromEnumerable(Enumerable.Range(0, classes).Select(i => new IndexRow { Index = [i] }).ToArray());
}
