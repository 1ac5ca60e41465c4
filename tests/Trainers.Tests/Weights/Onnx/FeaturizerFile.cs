namespace Trainers.Tests.Weights.Onnx;

/// <summary>The file of ML.NET's featurizer; the build puts it beside the tests, as it does beside an application.</summary>
internal static class FeaturizerFile
{
    public static string Path { get; } =
        System.IO.Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    /// <summary>Hands a copy of its first bytes to a test.</summary>
    public static void Cut(int length, Action<string> use)
    {
        var path = System.IO.Path.GetTempFileName();
        try
        {
            using (var whole = File.OpenRead(Path))
            {
                var start = new byte[length];
                whole.ReadExactly(start);
                File.WriteAllBytes(path, start);
            }

            use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
