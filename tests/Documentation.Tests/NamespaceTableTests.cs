using System.Reflection;
using System.Text.RegularExpressions;
using MLVision.Reports;
using MLVision.Trainers;

namespace Documentation.Tests;

/// <summary>The table of namespaces is right and complete.</summary>
public sealed partial class NamespaceTableTests
{
    private static readonly Type[] Exported =
    [
        .. ((Assembly[])[
            typeof(MLVision.MLNetExtensions.ImageClassificationException).Assembly, typeof(ResNetOptions).Assembly,
            typeof(ReportWriter).Assembly, typeof(MLVision.AspNetCore.ImageClassifierEndpointOptions).Assembly])
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.Namespace?.StartsWith("MLVision.", StringComparison.Ordinal) == true),
    ];

    [Fact]
    public void Table_OfNamespaces_NamesEachThatHasPublicTypes()
    {
        var named = Rows().SelectMany(row => row.Namespaces).Order(StringComparer.Ordinal);

        // Components of the reports' pages are public because Razor makes them so; they are no API.
        var expected = Exported.Select(type => type.Namespace!).Distinct().Order(StringComparer.Ordinal)
            .Where(name => !name.StartsWith("MLVision.Reports.", StringComparison.Ordinal) || name == "MLVision.Reports.Contents");

        Assert.Equal(expected, named);
    }

    [Fact]
    public void Rows_OfTheTable_NameTypesOfTheirNamespaces()
    {
        var wrong = from row in Rows()
                    from type in row.Types
                    where char.IsUpper(type[0])
                        && !Exported.Any(exported => exported.Name == type && row.Namespaces.Contains(exported.Namespace))
                        && type is not ("Fit" or "LoadImageClassifier")
                    select $"{string.Join(", ", row.Namespaces)} has no {type}";

        Faults.AssertNone(wrong);
    }

    private static IEnumerable<(List<string> Types, List<string> Namespaces)> Rows() =>
        new Page("docs/namespaces.md").Lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line =>
        {
            var cells = line.Split('|');
            return (Code().Matches(cells[1]).Select(code => code.Groups[1].Value).ToList(),
                Using().Matches(cells[2]).Select(code => code.Groups[1].Value).ToList());
        });

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("`using ([^;]+);`")]
    private static partial Regex Using();
}
