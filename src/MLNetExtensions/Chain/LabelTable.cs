using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Chain;

/// <summary>The classes of a chain: a hash of each index that no other index has, and the label that stands for it.</summary>
internal sealed class LabelTable
{
    private const int HashBits = 31;

    private readonly TransformsCatalog _transforms;
    private readonly IEstimator<ITransformer> _hash;
    private readonly IDataView _table;

    private LabelTable(TransformsCatalog transforms, IEstimator<ITransformer> hash, IDataView table) =>
        (_transforms, _hash, _table) = (transforms, hash, table);

    /// <summary>
    /// Finds a seed for which all class indices have different hashes; with 31 bits the first seed almost always does.
    /// </summary>
    public static LabelTable Of(MLEnvironment ml, ClassLabels labels)
    {
        var indices = IndexRow.View(ml.Data, labels.Count);
        for (uint seed = 0; ; seed++)
        {
            var hash = ml.Transforms.Conversion.Hash(
                new HashingEstimator.ColumnOptions(
                    StockChain.IndexHash, StockChain.Index, HashBits, seed, useOrderedHashing: false, maximumNumberOfInverts: 0,
                    combine: true));
            var hashed = hash.Fit(indices).Transform(indices);
            var hashes = hashed.GetColumn<uint>(hashed.Schema[StockChain.IndexHash]).ToArray();
            if (hashes.Distinct().Count() == labels.Count)
            {
                return new LabelTable(ml.Transforms, hash, labels.Table(ml.Data, hashes));
            }
        }
    }

    /// <summary>The step from the index to its hash.</summary>
    public IEstimator<ITransformer> ToHash() => _hash;

    /// <summary>The step from the hash to the label's value.</summary>
    public IEstimator<ITransformer> ToValue() => _transforms.Conversion.MapValue(
        StockChain.PredictedLabel, _table, _table.Schema["Hash"], _table.Schema["Value"], StockChain.IndexHash);

    /// <summary>The step from the label's value to its key.</summary>
    public IEstimator<ITransformer> ToKey() => _transforms.Conversion.MapValueToKey(
        StockChain.PredictedLabel, keyData: _transforms.SelectColumns("Value").Fit(_table).Transform(_table));
}
