namespace Web.Training;

/// <summary>What a training leaves.</summary>
internal static class TrainedFiles
{
    /// <summary>The model for ML.NET.</summary>
    public const string Zip = "model.zip";

    /// <summary>The model for everything else.</summary>
    public const string Onnx = "model.onnx";

    /// <summary>How well it does.</summary>
    public const string Report = "report.html";

    /// <summary>The media type of a file; null for what is none of them.</summary>
    public static string? TypeOf(string name) => name switch
    {
        Zip => "application/zip",
        Onnx => "application/octet-stream",
        Report => "text/html; charset=utf-8",
        _ => null,
    };
}
