using System.Globalization;
using System.Text.Json.Nodes;
using MLVision.MLNetExtensions.Model;

namespace MLVision.Cli.Projects;

/// <summary>Writes what is made of a model, from templates.</summary>
internal static class Project
{
    /// <summary>Members of the class of labels that are there already: its own name, and those of every object.</summary>
    private static readonly string[] TakenByLabels =
    [
        "Labels", nameof(Equals), nameof(ReferenceEquals), nameof(GetHashCode), nameof(GetType), nameof(ToString), "Finalize",
        nameof(MemberwiseClone),
    ];

    /// <summary>The folders of templates that a kind is made of.</summary>
    public static IReadOnlyList<string> FoldersOf(ProjectKind kind) => kind switch
    {
        ProjectKind.Browser => ["Browser"],
        ProjectKind.Web => ["Shared", "Web"],
        _ => ["Shared", "Console"],
    };

    /// <summary>Fills the templates of a kind.</summary>
    /// <param name="kind">What is made.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="model">The model it is made of.</param>
    /// <returns>Names of files, and what is in them.</returns>
    public static IEnumerable<(string FileName, string Content)> Fill(ProjectKind kind, ProjectName name, ProjectModel model)
    {
        var values = ValuesOf(kind, name, model);
        return from folder in FoldersOf(kind)
               from file in ProjectTemplates.Read(folder, name.FileName)
               select (file.FileName, Template.Fill(file.FileName, file.Template, values));
    }

    /// <summary>The model's file.</summary>
    public static string ModelFileOf(ProjectKind kind, ProjectName name) =>
        name.FileName + (kind == ProjectKind.Browser ? ".onnx" : ".zip");

    private static Dictionary<string, TemplateValue> ValuesOf(ProjectKind kind, ProjectName name, ProjectModel model)
    {
        var labels = model.Metadata.Labels;
        var identifiers = CSharpName.AllOf(labels, "Label", TakenByLabels);
        var outputs = Enum.GetValues<ModelOutputs>().Where(output => output != ModelOutputs.None && model.Outputs.HasFlag(output));
        return new Dictionary<string, TemplateValue>(StringComparer.Ordinal)
        {
            ["Title"] = new TemplateValue.Text(name.Title),
            ["Class"] = new TemplateValue.Plain(name.Class),
            ["Namespace"] = new TemplateValue.Plain(name.Namespace),
            ["ModelFile"] = new TemplateValue.Text(ModelFileOf(kind, name)),
            ["Architecture"] = new TemplateValue.Text(model.Metadata.Architecture),
            ["ImageSize"] = Number(model.Metadata.ImageSize),
            ["Score"] = Number(ScoreOf(model.Metadata)),
            ["StartsFromModel"] = new TemplateValue.Flag(model.IsFloat),
            ["HasFamiliarity"] = new TemplateValue.Flag(model.Outputs.HasFlag(ModelOutputs.Familiarity)),
            ["FamiliarityLimit"] = Number(FamiliarityLimit(model.Metadata.FamiliarityImages)),
            ["HeatFlag"] = new TemplateValue.Plain(model.Outputs.HasFlag(ModelOutputs.Heat) ? "true" : "false"),
            ["CropSize"] = Number(model.Metadata.CropSize),
            ["LabelList"] = new TemplateValue.Texts(labels),
            ["OnnxRuntimeWeb"] = new TemplateValue.Plain(OnnxRuntimeWeb.Version),
            ["Outputs"] = new TemplateValue.Items([.. outputs.Select(
                output => Item(("Identifier", new TemplateValue.Plain(output.ToString()))))]),
            ["Labels"] = new TemplateValue.Items([.. labels.Zip(identifiers, (label, identifier) => Item(
                ("Name", new TemplateValue.Text(label)), ("Identifier", new TemplateValue.Plain(identifier))))]),
            ["MicrosoftML"] = new TemplateValue.Text(PackageVersions.Of("Microsoft.ML")),
            ["OnnxRuntime"] = new TemplateValue.Text(PackageVersions.Of("Microsoft.ML.OnnxRuntime")),
            ["SkiaSharp"] = new TemplateValue.Text(PackageVersions.Of("SkiaSharp.NativeAssets.Linux.NoDependencies")),
            ["OpenApi"] = new TemplateValue.Text(PackageVersions.Of("Microsoft.AspNetCore.OpenApi")),
            ["Product"] = new TemplateValue.Text(PackageVersions.Of("MLVision")),
        };
    }

    private static TemplateValue.Plain Number(IFormattable number) => new(number.ToString(null, CultureInfo.InvariantCulture));

    private static Dictionary<string, TemplateValue> Item(params IEnumerable<(string Name, TemplateValue Value)> values) =>
        values.ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal);

    /// <summary>
    /// The familiarity up to which a page says that it may be none of the classes: one known image in fifty is as strange, or the least
    /// that so few known images can tell.
    /// </summary>
    private static double FamiliarityLimit(int knownImages) => Math.Round(Math.Max(0.02, 1.5 / (knownImages + 1)), 4);

    /// <summary>The accuracy on images that were held out in training, 0..1; 0 where the model does not say it.</summary>
    private static double ScoreOf(ClassifierMetadata metadata) =>
        JsonNode.Parse(metadata.Training)?["validationAccuracy"]?.GetValue<double>() ?? 0;
}
