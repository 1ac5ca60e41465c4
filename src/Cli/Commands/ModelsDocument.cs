using System.Globalization;
using System.Text;
using MLVision.Trainers.Models;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Weights.Published;

namespace MLVision.Cli.Commands;

/// <summary>The table of architectures as the page <c>docs/models.md</c>.</summary>
internal static class ModelsDocument
{
    private const string Introduction = """
        # Architectures

        What can be trained, exported and scored, by name. This page is written by `mlvision models --markdown`; a test keeps it current.

        Parameters, multiply-adds and the size of the ONNX file are those of 1000 classes (10 for the networks for small images), at
        the image size given. A multiply-add counts once; convolutions and fully connected layers are counted, as papers do.

        """;

    private const string AboutWeights = """
        ## Published weights

        `--weights NAME` (or the option `Weights`) starts from them; `default` is the most accurate of an architecture. The file is
        downloaded once into the user's cache folder, or that in `MLVISION_CACHE`, resumed when cut, and checked against its length and
        SHA-256. Where the table says 32 bits, no more of the digest is known: that notices a cut or mixed file, and none that somebody
        [forged](security.md). Where there is no network, put the file there by hand. `imagenet_mlnet` is not downloaded: a NuGet package
        brings the file, the command line carries it, and [an application adds the package](weights.md#imagenet-from-a-nuget-package). It
        has no classifier, so it is a start for training, not for `export`. Choosing weights chooses their preprocessing: the shorter side
        is resized, the central square is cut out, and mean and standard deviation are the weights'. Accuracies are their publishers', in
        percent; licences are those of the files, and the training images have terms of their own.

        """;

    /// <summary>Writes the page.</summary>
    public static string Write()
    {
        var rows = ImageModels.All.AsParallel().AsOrdered()
            .Select(model => (Model: model, Cost: model.CountCost(), Bytes: OnnxExporter.MeasureSize(model)))
            .ToList();
        var page = new StringBuilder(Introduction).AppendLine();
        page.AppendLine("| family | year | choose it |").AppendLine("| --- | --- | --- |");
        foreach (var family in rows.Select(row => row.Model.Family).Distinct())
        {
            page.AppendLine(Culture, $"| [{family.Name}](#{Anchor(family.Name)}) | {family.Year} | {family.ChooseWhen} |");
        }

        foreach (var family in rows.GroupBy(row => row.Model.Family))
        {
            page.AppendLine().AppendLine(Culture, $"## {family.Key.Name}").AppendLine();
            page.AppendLine(Culture, $"{family.Key.Idea} [{family.Key.Paper}]({family.Key.Link}), {family.Key.Year}.");
            page.AppendLine(family.Key.Notes.Length == 0 ? "" : $"\n{family.Key.Notes}\n");
            page.AppendLine("| name | parameters | multiply-adds | ONNX file | image size | published weights |")
                .AppendLine("| --- | ---: | ---: | ---: | ---: | --- |");
            foreach (var (model, cost, bytes) in family)
            {
                var weights = string.Join(", ", PublishedWeightsCatalog.For(model.Name).Select(w => $"`{w.Name}`"));
                page.AppendLine(
                    Culture, $"| `{model.Name}` | {cost.Parameters / 1e6:0.00} M | {cost.MultiplyAdds / 1e9:0.000} G | " +
                    $"{bytes / 1e6:0.0} MB | {model.ImageSize} | {weights} |");
            }
        }

        page.AppendLine().AppendLine(AboutWeights);
        page.AppendLine("| architecture | name | top-1 | top-5 | resize → crop | MiB | SHA-256 known | licence | file |")
            .AppendLine("| --- | --- | ---: | ---: | --- | ---: | --- | --- | --- |");
        foreach (var w in PublishedWeightsCatalog.All)
        {
            page.AppendLine(
                Culture,
                $"| `{w.Architecture}` | `{w.Name}` | {w.Top1:0.00} | {w.Top5:0.00} | {w.ResizeSize} → {w.CropSize} | " +
                $"{w.SizeMebibytes:0.0} | {(w.IsSha256Whole ? "all" : "32 bits")} | {w.Licence} | {Origin(w)} |");
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Origin(PublishedWeights weights) => weights.Package is { } package
        ? $"`{weights.FileName}` of the NuGet package `{package.Id}` {package.Version}"
        : $"[{weights.FileName}]({weights.Address})";

    private static CultureInfo Culture => CultureInfo.InvariantCulture;

    private static string Anchor(string heading) => heading.Replace(' ', '-').ToLowerInvariant();
}
