using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Onnx;

/// <summary>Reads the network that ML.NET's <c>DnnImageFeaturizer.ResNet18</c> runs, an ONNX file of CNTK.</summary>
/// <remarks>
/// It ends with the pooled features, and it takes blue, green, red; with the first kernel's channels reversed it takes red, green, blue.
/// It was trained on pixels of 0 to 255; ours are a 64th of that, and the first kernel is 64 times as large, which changes no feature. As
/// the file has it, that kernel's gradient would be 64 times that of one for usual pixels, and training it would diverge.
/// It pads one side more than the other, so that where sizes are even its windows are torchvision's.
/// </remarks>
internal static class FeaturizerReader
{
    private const string FirstKernel = "conv1.weight";
    private const float PixelScale = 64;      // a power of two multiplies without rounding; the catalog divides pixels by 64 / 255

    /// <summary>The weights by our network's names, without a last layer.</summary>
    /// <exception cref="WeightsFileException">The file is damaged, or another network.</exception>
    public static CheckpointContent Read(MappedFile file)
    {
        var model = OnnxFile.Parse(file);
        var tensors = GraphPairing.Find(file, model, ImageModels.Get(ResNet.Featurizer))
            .Select(weight => weight.Name == FirstKernel ? weight with { Values = ForOurPixels(weight) } : weight)
            .Select(weight => new SavedTensor(weight.Name, NameStart: 0, StoredTensor.Of(file, weight.Shape, weight.Values)));
        return new CheckpointContent([.. tensors], [], new Dictionary<string, string>()) { HasClassifier = false };
    }

    /// <summary>A kernel [outputs, channels, height, width] with its channels from last to first, for pixels on our scale.</summary>
    private static float[] ForOurPixels(FoundWeight kernel)
    {
        var (channels, window) = ((int)kernel.Shape[1], (int)(kernel.Shape[2] * kernel.Shape[3]));
        var reversed = new float[kernel.Values.Length];
        for (var plane = 0; plane < reversed.Length / window; plane++)
        {
            var (output, channel) = Math.DivRem(plane, channels);
            kernel.Values.AsSpan(plane * window, window)
                .CopyTo(reversed.AsSpan(((output * channels) + channels - 1 - channel) * window));
        }

        return Array.ConvertAll(reversed, value => value * PixelScale);
    }
}
