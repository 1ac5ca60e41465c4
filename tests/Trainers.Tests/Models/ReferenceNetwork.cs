using System.Reflection;
using System.Text.Json;

namespace Trainers.Tests.Models;

/// <summary>What PyTorch says of a network whose weights are <see cref="FormulaValues"/>; made by <c>Fixtures/resnet-reference.py</c>.</summary>
/// <param name="ImageSize">Width and height of the two input images.</param>
/// <param name="Weights">The state dictionary's keys with their shapes.</param>
/// <param name="LogProbabilities">Log-softmax of the output for the two images and ten classes, to seven decimals.</param>
internal sealed record ReferenceNetwork(int ImageSize, Dictionary<string, long[]> Weights, float[][] LogProbabilities)
{
    public const int Classes = 10;

    public static ReferenceNetwork Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("resnet-reference.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, ReferenceNetwork>>(stream, JsonSerializerOptions.Web)![name];
    }
}
