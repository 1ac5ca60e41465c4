using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Trainers.Options;
using TestImages;

namespace Trainers.Tests;

public sealed class OutputColumnNamesTests : IDisposable
{
    private static readonly ImageTrainingOptions Renamed =
        TinyImages.Options with { ScoreColumnName = "Flower", PredictedLabelColumnName = "FlowerLabel" };

    private readonly TinyImages _images = new();

    private MLContext ML => _images.ML;

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Fit_OtherNames_GivesTheSameColumnsUnderThem()
    {
        var view = _images.Labelled(TinyImages.Labels);

        using var usual = _images.Classifier().Fit(view);
        using var model = _images.Classifier(Renamed).Fit(view);

        var (expected, scored) = (usual.Transform(view), model.Transform(view));
        Assert.Equal(
            expected.GetColumn<float[]>("Score").Select(score => score.ToArray()), scored.GetColumn<float[]>("Flower"));
        Assert.Equal(expected.GetColumn<uint>("PredictedLabel"), scored.GetColumn<uint>("FlowerLabel"));
        Assert.Null(scored.Schema.GetColumnOrNull("Score"));
        Assert.Null(scored.Schema.GetColumnOrNull("PredictedLabel"));
        Assert.True(scored.Schema["Flower"].HasSlotNames());
        Assert.True(scored.Schema["FlowerLabel"].HasKeyValues());
    }

    [Fact]
    public void GetOutputSchema_OtherNames_HasThem()
    {
        var shape = _images.Classifier(Renamed).GetOutputSchema(SchemaShapes.Of(_images.Labelled(TinyImages.Labels).Schema));

        var names = shape.Select(column => column.Name).ToList();
        Assert.Contains("Flower", names);
        Assert.Contains("FlowerLabel", names);
        Assert.DoesNotContain("Score", names);
        Assert.DoesNotContain("PredictedLabel", names);
    }

    [Fact]
    public void SavedZip_OtherNames_IsOfStockPartsAndOpensInEveryDoor()
    {
        var rows = ML.Data.LoadFromEnumerable(_images.Rows(TinyImages.Labels));
        var fitted = ML.Transforms.Conversion.MapValueToKey("Label").Append(_images.LoadImages()).Append(_images.Classifier(Renamed))
            .Append(ML.Transforms.Conversion.MapKeyToValue("FlowerLabel")).Fit(rows);
        var zip = Path.Combine(_images.Files.Folder, "model.zip");
        ML.Model.Save(fitted, rows.Schema, zip);
        var expected = fitted.Transform(rows).GetColumn<string>("FlowerLabel").ToList();

        var stock = new MLContext().Model.Load(zip, out _);
        using var batched = ML.Model.LoadImageClassifier(zip);
        using var classifier = ImageClassifier.Load(zip);

        Assert.All(Flatten(stock), step => Assert.StartsWith(
            "Microsoft.ML", step.GetType().Assembly.GetName().Name, StringComparison.Ordinal));
        Assert.Equal(expected, stock.Transform(rows).GetColumn<string>("FlowerLabel"));
        Assert.Equal(expected, batched.Transform(rows).GetColumn<string>("FlowerLabel"));
        Assert.Null(batched.GetOutputSchema(rows.Schema).GetColumnOrNull("Score"));
        Assert.Equal(
            expected,
            classifier.PredictMany(rows.GetColumn<string>("ImagePath"), TestContext.Current.CancellationToken).Select(p => p.Label));
    }

    /// <summary>One column may take the name that the other gives up.</summary>
    [Theory]
    [InlineData("PredictedLabel", "Flower", "Score")]
    [InlineData("Flower", "Score", "PredictedLabel")]
    public void Fit_NameOfTheOther_IsGivenUpFirst(string score, string label, string dropped)
    {
        var view = _images.Labelled(TinyImages.Labels);
        using var model = _images.Classifier(Renamed with { ScoreColumnName = score, PredictedLabelColumnName = label }).Fit(view);

        var schema = model.GetOutputSchema(view.Schema);

        Assert.True(schema[score].HasSlotNames());
        Assert.True(schema[label].HasKeyValues());
        Assert.Null(schema.GetColumnOrNull(dropped));
    }

    [Theory]
    [InlineData("Flower", "Flower", "PredictedLabelColumnName")]
    [InlineData("PredictedLabel", "Score", "ScoreColumnName")]
    public void Constructor_NamesThatCannotBeTold_Throws(string score, string label, string option)
    {
        var error = Assert.Throws<OptionOutOfRangeException>(
            () => _images.Classifier(Renamed with { ScoreColumnName = score, PredictedLabelColumnName = label }));

        Assert.Equal(option, error.ParamName);
    }

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];
}
