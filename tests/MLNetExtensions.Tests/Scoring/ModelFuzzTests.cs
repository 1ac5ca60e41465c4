using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using MLNetExtensions.Tests.Quantization;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>A damaged model that was written with a digest or checksums is refused in a sentence, or scores as the sound one.</summary>
public sealed class ModelFuzzTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly ITestOutputHelper _output;
    private readonly string _image;

    public ModelFuzzTests(ITestOutputHelper output) => (_output, _image) = (output, _files.AddImage("image.png", seed: 1));

    public void Dispose() => _files.Dispose();

    [Fact]
    public void LoadFrom_DamagedOnnx_IsRefusedOrScoresTheSame() => Try(Onnx(), new Mutants(1), 2_000);

    [Fact]
    public void LoadFrom_DamagedZip_IsRefusedOrScoresTheSame() => Try(Zip(), new Mutants(2), 400);

    /// <summary>The same for <c>FUZZ_SECONDS</c> (60) from the seed <c>FUZZ_SEED</c> (3), half of it for each kind.</summary>
    /// <remarks>
    /// <code>FUZZ_SECONDS=600 dotnet test tests/MLNetExtensions.Tests -c Release --filter "Category=Fuzz" -- xUnit.Explicit=only</code>
    /// </remarks>
    [Fact(Explicit = true)]
    [Trait("Category", "Fuzz")]
    public void LoadFrom_DamagedForMinutes_IsRefusedOrScoresTheSame()
    {
        var half = TimeSpan.FromSeconds(Setting("FUZZ_SECONDS", 60) / 2.0);
        foreach (var sound in (byte[][])[Onnx(), Zip()])
        {
            Try(sound, new Mutants(Setting("FUZZ_SEED", 3)), int.MaxValue, half);
        }
    }

    /// <summary>
    /// Models of other programs and of older versions have no digest, so that damage may change scores; it ends in a sentence or in scores.
    /// </summary>
    [Fact(Explicit = true)]
    [Trait("Category", "Fuzz")]
    public void LoadFrom_DamagedWithoutDigestForMinutes_ThrowsNothingElse()
    {
        var (sound, mutants) = (ConvolutionClassifier.Model().ToByteArray(), new Mutants(Setting("FUZZ_SEED", 4)));
        var (watch, scored, refused) = (Stopwatch.StartNew(), 0, 0);
        while (watch.Elapsed < TimeSpan.FromSeconds(Setting("FUZZ_SECONDS", 60)))
        {
            try
            {
                Score(mutants.Next(sound));
                scored++;
            }
            catch (ImageClassificationException e)
            {
                refused++;
                Assert.Matches("^(The model|A batch|'[^']*')[^\n]*\\.$", e.Message);
            }
        }

        _output.WriteLine($"{scored + refused} mutants without a digest: {refused} refused, {scored} scored.");
    }

    private void Try(byte[] sound, Mutants mutants, int most, TimeSpan? duration = null)
    {
        var expected = Score(sound);
        var (watch, same, refused) = (Stopwatch.StartNew(), 0, 0);
        while (same + refused < most && watch.Elapsed < (duration ?? TimeSpan.FromMinutes(10)))
        {
            try
            {
                Assert.Equal(expected, Score(mutants.Next(sound)));
                same++;
            }
            catch (ImageClassificationException e)
            {
                refused++;
                Assert.Matches("^(The model in the stream|'[^']*') [^\n]*\\.$", e.Message);
            }
        }

        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{same + refused} mutants in {watch.Elapsed.TotalSeconds:0.0} s: {refused} refused, {same} as before."));
        Assert.True(refused > same, "Nearly every mutant changes what is hashed.");
    }

    private float[] Score(byte[] model)
    {
        using var classifier = ImageClassifier.LoadFrom(new MemoryStream(model));
        return [.. classifier.Predict(_image, TestContext.Current.CancellationToken).Scores];
    }

    private static byte[] Onnx()
    {
        using var stream = new MemoryStream();
        OnnxDigest.Write(ConvolutionClassifier.Model(), stream);
        return stream.ToArray();
    }

    private byte[] Zip() => File.ReadAllBytes(TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip")));

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
