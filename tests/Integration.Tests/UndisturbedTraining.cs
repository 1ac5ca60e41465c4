namespace Integration.Tests;

/// <summary>A training of a few seconds that nothing disturbs, to be compared with; run once, when first asked for.</summary>
/// <remarks>After its second epoch there is work for seconds: who disturbs it then does so long before its end.</remarks>
public sealed class UndisturbedTraining : IDisposable
{
    private readonly SmallImageFolder _images = new(imagesPerClass: 12, "bag", "coat");
    private byte[]? _weights;

    /// <summary>The command line of the training, with its results going to a folder.</summary>
    public string[] Arguments(string output) =>
    [
        "train", "--data", _images.Data, "--arch", "resnet20", "--image-size", "16", "--batch-size", "2", "--epochs", "30", "--device",
            "cpu", "--precision", "fp32", "--out", output,
    ];

    /// <summary>The file of weights that it ends with.</summary>
    public async Task<byte[]> Weights()
    {
        if (_weights is null)
        {
            var output = _images.Beside("out");
            using var app = RunningApp.Start(Places.CommandLine, Arguments(output));
            Assert.Equal(0, await app.End());
            _weights = await File.ReadAllBytesAsync(Path.Combine(output, "weights.safetensors"), TestContext.Current.CancellationToken);
        }

        return _weights;
    }

    public void Dispose() => _images.Dispose();
}
