// Written by `mlvision new`. It needs Microsoft's packages alone.

using Microsoft.ML;
using Microsoft.ML.Data;

namespace GarmentsApp;

/// <content>How well the model does.</content>
public static partial class Garments
{
    /// <summary>Labels the photographs of a folder with one sub-folder a class, and compares.</summary>
    /// <param name="folder">The folder; its sub-folders are named as the model's classes.</param>
    /// <param name="skipped">Receives what is left out, and why; null for nobody.</param>
    /// <exception cref="InvalidDataException">The folder holds no photograph of a class that the model knows.</exception>
    public static MulticlassClassificationMetrics Evaluate(string folder, Action<string>? skipped = null)
    {
        var ml = new MLContext();
        var rows = new List<Evaluated>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var label = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0];
            if (!LabelNames.Contains(label))
            {
                skipped?.Invoke($"{file}: the model knows no class '{label}'.");
                continue;
            }

            try
            {
                var result = Predict(new ModelInput { ImageSource = File.ReadAllBytes(file) });
                rows.Add(new Evaluated { Label = label, PredictedLabel = result.PredictedLabel, Score = result.Score });
            }
            catch (InvalidDataException e)
            {
                skipped?.Invoke($"{file}: {e.Message}");
            }
        }

        if (rows.Count == 0)
        {
            throw new InvalidDataException($"The folder '{folder}' has no sub-folder of photographs that is named as a class.");
        }

        // The keys of labels are those of the scores.
        var names = ml.Data.LoadFromEnumerable(LabelNames.Select(name => new Evaluated { Label = name, PredictedLabel = name }));
        var scored = ml.Data.LoadFromEnumerable(rows, ScoresOf(LabelNames.Count));
        var keyed = ml.Transforms.Conversion.MapValueToKey("Label", keyData: Only(ml, names, "Label"))
            .Append(ml.Transforms.Conversion.MapValueToKey("PredictedLabel", keyData: Only(ml, names, "PredictedLabel")))
            .Fit(scored)
            .Transform(scored);
        return ml.MulticlassClassification.Evaluate(keyed);
    }

    private static IDataView Only(MLContext ml, IDataView rows, string column) =>
        ml.Transforms.SelectColumns(column).Fit(rows).Transform(rows);

    private static SchemaDefinition ScoresOf(int classes)
    {
        var schema = SchemaDefinition.Create(typeof(Evaluated));
        schema[nameof(Evaluated.Score)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes);
        return schema;
    }

    private sealed class Evaluated
    {
        public string Label { get; set; } = "";

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
