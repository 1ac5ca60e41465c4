namespace MLVision.MLNetExtensions;

/// <summary>The text of another library's error, such as ML.NET's or ONNX Runtime's, to be added in brackets to our own sentence.</summary>
internal static class ForeignError
{
    /// <summary>A space and its first line in brackets, without a full stop; empty if it has no text.</summary>
    public static string InBrackets(Exception error) =>
        error.Message.Split('\n')[0].Split(" (Parameter '")[0].Trim().TrimEnd('.', ':') is { Length: > 0 } line ? $" ({line})" : "";
}
