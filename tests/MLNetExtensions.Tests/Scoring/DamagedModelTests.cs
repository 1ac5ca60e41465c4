using Google.Protobuf;
using MLNetExtensions.Tests.Quantization;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>
/// Model files with a byte changed, a part cut out or swapped: what cannot be used is refused in our own words, whatever finds it.
/// </summary>
public sealed class DamagedModelTests : IDisposable
{
    private const int Variants = 40;
    private readonly ImageFiles _files = new();
    private readonly ColourImages _images = new(imagesPerColour: 1);

    public void Dispose()
    {
        _files.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Load_DamagedOnnx_ThrowsNothingButOurErrors() =>
        ForEachVariant(ConvolutionClassifier.Model().ToByteArray(), seed: 1, path =>
        {
            using var classifier = ImageClassifier.Load(path);
            _ = classifier.PredictMany([_images.Labeled[0].ImagePath], TestContext.Current.CancellationToken);
        });

    [Fact]
    public void Load_DamagedZip_ThrowsNothingButOurErrors() =>
        ForEachVariant(File.ReadAllBytes(TinyClassifier.WriteZip(In("model.zip"))), seed: 2, path =>
        {
            using var classifier = ImageClassifier.Load(path);
            _ = classifier.PredictMany([_images.Labeled[0].ImagePath], TestContext.Current.CancellationToken);
        });

    [Fact]
    public void Quantize_DamagedOnnx_ThrowsNothingButOurErrors() =>
        ForEachVariant(
            ConvolutionClassifier.Model().ToByteArray(), seed: 3, path =>
                ImageClassifierQuantizer.Quantize(path, _images.Labeled, In("int8.onnx")));

    /// <summary>
    /// Whole files that hold something else than they should: nodes, weights or properties that lack or are of another shape.
    /// </summary>
    [Fact]
    public void LoadAndQuantize_OnnxThatDoesNotFitItself_ThrowNothingButOurErrors()
    {
        var random = new Random(4);
        ForEachVariant(() => Edit(ConvolutionClassifier.Model(), random).ToByteArray(), path =>
        {
            using var classifier = ImageClassifier.Load(path);
            _ = classifier.PredictMany([_images.Labeled[0].ImagePath], TestContext.Current.CancellationToken);
        });
        ForEachVariant(
            () => Edit(ConvolutionClassifier.Model(), random).ToByteArray(),
            path => ImageClassifierQuantizer.Quantize(path, _images.Labeled, In("int8.onnx")));
    }

    private void ForEachVariant(byte[] sound, int seed, Action<string> use)
    {
        var random = new Random(seed);
        ForEachVariant(() => Damage(sound, random), use);
    }

    private void ForEachVariant(Func<byte[]> next, Action<string> use)
    {
        var refused = 0;
        for (var i = 0; i < Variants; i++)
        {
            var path = _files.AddFile($"{i}.model", next());
            try
            {
                use(path);
            }
            catch (ImageClassificationException e)
            {
                refused++;
                Assert.DoesNotContain('\n', e.Message);
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
                Assert.DoesNotMatch("^(\\[ErrorCode|Exception|Error|Could not|Index|Value|The input|Object)", e.Message);
            }
        }

        Assert.True(refused > Variants / 4, $"Only {refused} of {Variants} damaged files were refused.");
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        var bytes = sound.ToArray();
        var at = random.Next(bytes.Length);
        var length = random.Next(1, Math.Min(64, bytes.Length - at) + 1);
        switch (random.Next(4))
        {
            case 0:
                return bytes[..at];
            case 1:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
            case 2:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            default:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    private static ModelProto Edit(ModelProto model, Random random)
    {
        var graph = model.Graph;
        var node = graph.Node[random.Next(graph.Node.Count)];
        var tensor = graph.Initializer[random.Next(graph.Initializer.Count)];
        var property = model.MetadataProps[random.Next(model.MetadataProps.Count)];
        switch (random.Next(12))
        {
            case 0:
                graph.Node.Remove(node);
                break;
            case 1:
                node.OpType = "Relu";
                break;
            case 2:
                node.Input.Clear();
                break;
            case 3:
                node.Attribute.Clear();
                break;
            case 4:
                tensor.RawData = ByteString.Empty;
                break;
            case 5:
                tensor.Dims.Clear();
                break;
            case 6:
                tensor.Dims[0] = -1;
                break;
            case 7:
                tensor.DataType = random.Next(20);
                break;
            case 8:
                property.Value = "[1, {";
                break;
            case 9:
                model.MetadataProps.Add(property.Clone());
                break;
            case 10:
                graph.Output.RemoveAt(0);
                break;
            default:
                graph.Initializer.Remove(tensor);
                break;
        }

        return model;
    }

    private string In(string name) => Path.Combine(_files.Folder, name);
}
