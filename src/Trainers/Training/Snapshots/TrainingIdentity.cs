using System.Globalization;
using System.Reflection;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Remembered;

namespace MLVision.Trainers.Training.Snapshots;

/// <summary>The facts that identify a training: two trainings with the same facts end with the same weights.</summary>
internal static class TrainingIdentity
{
    /// <summary>The facts by name, in words for a message: those of the data, and every value of the recipe.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        string architecture, TrainingRecipe recipe, IReadOnlyList<string> labels, BatchSource training, BatchSource validation,
        FeatureRows remembered)
    {
        (string, object?)[] data =
        [
            ("the product version", ClassifierMetadata.CurrentVersion),
            ("the architecture", architecture),
            ("the list of classes", string.Join(", ", labels)),
            ("the number of training images", training.Count),
            ("the number of validation images", validation.Count),
            ("the image size", training.ImageSize),
            ("the mean and the standard deviation of pixels", training.Normalization),
            ("the digest of the training images' pixels and labels", training.Digest()),
            ("the digest of the validation images' pixels and labels", validation.Digest()),
            ("the digest of the remembered features", remembered.Digest()),
        ];
        return data.Concat(FactsOf(recipe, prefix: "")).ToDictionary(fact => fact.Item1, fact => InWords(fact.Item2));
    }

    /// <summary>Every value of the recipe by the name of its option, in words.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(TrainingRecipe recipe) =>
        [.. FactsOf(recipe, prefix: "").Select(fact => KeyValuePair.Create(fact.Name, InWords(fact.Value)))];

    /// <summary>A record's properties by name; those of a nested record have both names, with a dot between.</summary>
    private static IEnumerable<(string Name, object? Value)> FactsOf(object record, string prefix) =>
        record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
            property.GetValue(record) is { } value && value.GetType() is { IsClass: true } type && type != typeof(string)
                ? FactsOf(value, $"{prefix}{property.Name}.")
                : [($"{prefix}{property.Name}", property.GetValue(record))]);

    private static string InWords(object? value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "not given";
}
