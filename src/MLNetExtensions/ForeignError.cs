namespace MLVision.MLNetExtensions;

/// <summary>What an error of ML.NET's, ONNX Runtime's or another library's says, to stand in brackets behind a sentence of ours.</summary>
internal static class ForeignError
{
    /// <summary>Its first line, without a full stop, in brackets and behind a space; nothing where it says nothing.</summary>
    public static string InBrackets(Exception error) =>
        error.Message.Split('\n')[0].Split(" (Parameter '")[0].Trim().TrimEnd('.', ':') is { Length: > 0 } line ? $" ({line})" : "";
}
