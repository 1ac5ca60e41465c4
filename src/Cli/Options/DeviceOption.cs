using System.CommandLine;
using MLVision.MLNetExtensions.Devices;

namespace MLVision.Cli.Options;

/// <summary>The option <c>--device</c>: read the same in every verb, though a verb may not take every device.</summary>
internal static class DeviceOption
{
    /// <summary>The devices that most machines have, as they are written.</summary>
    public static IReadOnlyList<string> Words { get; } = ["auto", "cpu", "cuda:0"];

    /// <summary>That of the verbs that train.</summary>
    public static Option<ComputeDevice> Training() => Of(
        "auto, cpu or cuda:0.", device => device.Kind is ComputeDeviceKind.Auto or ComputeDeviceKind.Cpu or ComputeDeviceKind.Cuda);

    /// <summary>That of the verbs that score.</summary>
    public static Option<ComputeDevice> Scoring() => Of(
        "auto, cpu, cuda:0, tensorrt:0, openvino, directml:0 or coreml, if the installed ONNX Runtime has it.", _ => true);

    private static Option<ComputeDevice> Of(string expected, Predicate<ComputeDevice> isTaken) => new("--device")
    {
        HelpName = "device",
        Description = expected,
        DefaultValueFactory = _ => ComputeDevice.Auto,
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (ComputeDevice.TryParse(text, out var device) && isTaken(device))
            {
                return device;
            }

            argument.AddError($"--device is '{text}'; expected {expected}");
            return default;
        },
    };
}
