using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace Trainers.Tests.Models;

/// <summary>What PyTorch says of a network whose weights are <see cref="FormulaValues"/>.</summary>
/// <remarks>Made by <c>Fixtures/network-reference.py</c>.</remarks>
/// <param name="ImageSize">Width and height of the two input images.</param>
/// <param name="Gain">Variance of the weights times fan-in, so large that the images still tell in the last layer, and no larger.</param>
/// <param name="Keys">Number of the lines that <see cref="Lines"/> gives for PyTorch's network.</param>
/// <param name="KeysDigest">What <see cref="Digest"/> makes of them.</param>
/// <param name="Parameters">Trainable weights with 1000 classes, 10 for CIFAR networks, without auxiliary heads.</param>
/// <param name="LogProbabilities">Log-softmax of the output for the two images and ten classes, to seven decimals.</param>
/// <param name="AuxiliaryLogProbabilities">The same of each auxiliary head, given its input in evaluation; without dropout. Null
/// but for <c>googlenet_training</c>.</param>
internal sealed record ReferenceNetwork(
    int ImageSize,
    double Gain,
    int Keys,
    string KeysDigest,
    long Parameters,
    float[][] LogProbabilities,
    float[][][]? AuxiliaryLogProbabilities = null)
{
    public const int Classes = 10;

    private static readonly Lazy<Dictionary<string, ReferenceNetwork>> Fixture = new(() =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("network-reference.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, ReferenceNetwork>>(stream, JsonSerializerOptions.Web)!;
    });

    /// <summary>Names in the table of architectures.</summary>
    public static IEnumerable<string> Names => Fixture.Value.Keys.Where(name => name != "googlenet_training");

    public static ReferenceNetwork Load(string name) => Fixture.Value[name];

    /// <summary>A line per key with the shape, "key [a, b, c]", as <c>network-reference.py --keys</c> prints them.</summary>
    public static string[] Lines(IReadOnlyDictionary<string, Tensor> state) =>
    [
        .. state.Where(w => !w.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => $"{w.Key} [{string.Join(", ", w.Value.shape)}]"),
    ];

    public static string Digest(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))));
}
