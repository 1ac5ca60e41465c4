using System.CommandLine;
using MLNetExtensions;

namespace Cli;

/// <summary>What the commands that score have in common.</summary>
internal static class ScoringOptions
{
    /// <summary>The option <c>--device</c>.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = "auto, cpu, cuda:0, tensorrt:0, openvino, directml:0 or coreml, as far as the installed ONNX Runtime has it.",
        DefaultValueFactory = _ => ScoringDevice.Auto.ToString(),
    };

    /// <summary>Reads the options; which device is taken goes to standard error.</summary>
    /// <exception cref="ImageClassificationException">The text names no device.</exception>
    public static ImageScoringOptions Read(string device, PixelMode pixels = PixelMode.Exact)
    {
        try
        {
            return new ImageScoringOptions { Device = ScoringDevice.Parse(device), Pixels = pixels, Logger = new NotesLogger() };
        }
        catch (FormatException e)
        {
            throw new ImageClassificationException(e.Message, e);
        }
    }
}
