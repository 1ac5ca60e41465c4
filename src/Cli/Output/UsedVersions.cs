using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Output;

/// <summary>What computed, by name and version.</summary>
internal static class UsedVersions
{
    /// <summary>The product's own.</summary>
    public static string Product => Of(typeof(ImageClassifier));

    /// <summary>Those of a training, or of scoring alone.</summary>
    /// <param name="trained">Whether TorchSharp had a part in it.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> List(bool trained) => trained
        ? [.. Scoring(), new("TorchSharp", Of(typeof(TorchSharp.torch)))]
        : Scoring();

    private static KeyValuePair<string, string>[] Scoring() =>
    [
        new("MLVision", Product),
        new("ONNX Runtime", OrtEnv.Instance().GetVersionString()),
        new("ML.NET", Of(typeof(MLContext))),
        new(".NET", Environment.Version.ToString()),
        new("System", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores"),
    ];

    /// <summary>An assembly's version as its package has it, without the build's commit.</summary>
    private static string Of(Type type) =>
        (type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? type.Assembly.GetName().Version!.ToString()).Split('+')[0];
}
