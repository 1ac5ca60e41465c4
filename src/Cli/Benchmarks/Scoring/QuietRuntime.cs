using Microsoft.ML.OnnxRuntime;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>ONNX Runtime without its warnings, for sessions whose log level is not ours to set.</summary>
/// <remarks>
/// ML.NET opens the stock chain's sessions. On a GPU each of them warns twice that nodes about shapes run on the CPU, where they belong.
/// </remarks>
internal static class QuietRuntime
{
    /// <summary>Starts it; does nothing where it has been started.</summary>
    public static void Start()
    {
        try
        {
            if (!OrtEnv.IsCreated)
            {
                var options = new EnvironmentCreationOptions
                {
                    logId = "mlvision",
                    logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                };
                OrtEnv.CreateInstanceWithOptions(ref options);
            }
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException)
        {
            // Whoever opens the first session says what is missing, and what to do.
        }
    }
}
