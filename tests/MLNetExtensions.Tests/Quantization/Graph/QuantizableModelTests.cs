using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class QuantizableModelTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Prepare_Classifier_NamesLayersAndActivationsAndLeavesTheModel()
    {
        var network = new TinyNetwork();
        var relu = network.Relu(network.BatchNorm(network.Convolution(network.Image, 3, 4), 4));
        var model = network.Classify(network.Node("MaxPool", [relu], TinyNetwork.Numbers("kernel_shape", 2, 2)), 4);
        var before = model.Clone();

        var prepared = QuantizableModel.Prepare(model);

        Assert.Equal(before, model);
        Assert.Equal(["conv_4", "gemm_10"], prepared.Layers);
        Assert.Equal(["mul_3", "relu_6", "globalaveragepool_8"], prepared.Activations);
    }

    // Pixels are multiples of the input's scale, 1/64, so they are exact. A weight is off by at most half of 1/127, times three
    // inputs of at most 2; the output is off by half of its step, 7/255.
    [Fact]
    public void Quantize_Convolution_StaysWithinHalfAStep()
    {
        const double Bound = (3 * 2 * 0.5 / 127) + (0.5 * 7 / 255) + 1e-6;
        var network = new TinyNetwork();
        var kernel = network.Constant("kernel", [3, 3, 1, 1], 0.5f, -1, 0.25f, 1, 0.3f, 0.2f, -0.7f, 0.04f, -1);
        var convolution = network.Node("Conv", [network.Image, kernel]);
        var model = QuantizableModel.Prepare(network.Classify(convolution, 3));
        var ranges = OnnxRun.Ranges(model, OnnxRun.Pixels(2));
        ranges[network.Image] = new ActivationRange(-2, 127 / 64f);
        ranges[convolution] = new ActivationRange(-3.5f, 3.5f);

        var quantized = model.Quantize(ranges, new HashSet<string>());

        var expected = OnnxRun.Values(model.Folded, OnnxRun.Pixels(4, seed: 2), convolution);
        var actual = OnnxRun.Values(quantized, OnnxRun.Pixels(4, seed: 2), $"{convolution}_dequantized");
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Bound));
        Assert.NotEqual(expected, actual);
    }

    [Fact]
    public void Quantize_Model_StoresWeightsInBytes()
    {
        var network = new TinyNetwork();
        var quantized = OnnxRun.Quantize(network.Classify(network.Convolution(network.Image, 3, 4, kernel: 3), 4));

        var types = quantized.Graph.Initializer.Where(tensor => tensor.Dims.Count > 1).Select(tensor => tensor.DataType).Distinct();

        Assert.Equal([(int)TensorProto.Types.DataType.Int8], types);
        Assert.Equal(2, quantized.Graph.Initializer.Count(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Int32));
    }

    [Fact]
    public void Quantize_Model_KeepsPortsMetadataAndSlotNames()
    {
        var network = new TinyNetwork();
        var model = network.Classify(network.Convolution(network.Image, 3, 4), 4);

        var quantized = OnnxRun.Quantize(model);

        Assert.Equal(model.Graph.Input, quantized.Graph.Input);
        Assert.Equal(model.Graph.Output, quantized.Graph.Output);
        Assert.Equal(model.MetadataProps, quantized.MetadataProps);
        Assert.Equal(model.OpsetImport, quantized.OpsetImport);
        Assert.Equal(model.IrVersion, quantized.IrVersion);
        Assert.Equal(
            model.Graph.Node.Single(node => node.OpType == "LabelEncoder"),
            quantized.Graph.Node.Single(node => node.OpType == "LabelEncoder"));
    }

    [Fact]
    public void Quantize_Model_ScoresThroughClassifierAndStockChain()
    {
        var network = new TinyNetwork();
        var model = network.Classify(network.Relu(network.Convolution(network.Image, 3, 4, kernel: 3)), 4);
        var path = _files.AddFile("int8.onnx", OnnxRun.Quantize(model).ToByteArray());
        var image = _files.AddImage("image.png", seed: 1, width: 8, height: 8);
        var ml = new MLContext();

        using var classifier = ImageClassifier.Load(path);
        var scores = classifier.Predict(image, TestContext.Current.CancellationToken).Scores;
        var stock = StockChain.OfFile(MLEnvironment.Of(ml.Transforms), path, Path.Combine(_files.Folder, "chain.onnx"))
            .Transform(ml.Data.LoadFromEnumerable([new LabeledImage { ImagePath = image }]));

        Assert.Equal(scores, stock.GetColumn<float[]>(StockChain.Score).Single());
        Assert.Equal(1, scores.Sum(), 1e-5f);
    }

    [Fact]
    public void Quantize_WithoutARange_NamesTheActivation()
    {
        var network = new TinyNetwork();
        var model = QuantizableModel.Prepare(network.Classify(network.Convolution(network.Image, 3, 4), 4));

        var error = Assert.Throws<ArgumentException>(
            () => model.Quantize(new Dictionary<string, ActivationRange>(), new HashSet<string>()));

        Assert.StartsWith("The range of the activation 'mul_3' is missing.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_UnknownFloatLayer_Throws()
    {
        var network = new TinyNetwork();
        var model = network.Classify(network.Convolution(network.Image, 3, 4), 4);

        Assert.Throws<ArgumentException>(() => OnnxRun.Quantize(model, "conv_99"));
    }

    [Fact]
    public void Prepare_QuantizedModel_IsRefused()
    {
        var network = new TinyNetwork();
        var quantized = OnnxRun.Quantize(network.Classify(network.Convolution(network.Image, 3, 4), 4));

        Assert.Throws<ModelFileException>(() => QuantizableModel.Prepare(quantized));
    }
}
