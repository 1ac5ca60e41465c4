using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization;
using MLVision.Trainers.Models;
using MLVision.Trainers.Onnx;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights;

/// <summary>What is found in files. ResNet-20 of 10 classes has 269,722 parameters (He et al. 2016, table 6: 0.27M).</summary>
public sealed class ModelFactsTests : IDisposable
{
    private const long ParametersOfTwoClasses = 269_722 - (8 * (64 + 1));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_OnnxFile_IsWhatWasExported()
    {
        var facts = ModelFacts.Read(Export());

        Assert.Equal(
            (ModelFileKind.Onnx, "resnet20", 2, 32, ParametersOfTwoClasses, "fp32"),
            (facts.Kind, facts.Architecture, facts.Classes, facts.ImageSize, facts.Parameters, facts.Precision));
        Assert.Equal(["bag", "coat"], facts.Labels);
        Assert.Equal(["Score", "PredictedIndex", "Embedding"], facts.Outputs);
        Assert.Equal("IsoCrop", facts.Metadata["resize"]);
    }

    /// <summary>Of the 688 channels of its batch norms (7 layers of 16, 6 of 32, 6 of 64) one value stays, a convolution's bias.</summary>
    [Fact]
    public void Read_HalfPrecision_LacksHalfOfBatchNorm()
    {
        var half = Path.Combine(_folder.FullName, "half.onnx");
        ImageClassifierQuantizer.HalveWeights(Export(), half, cancellationToken: TestContext.Current.CancellationToken);

        var facts = ModelFacts.Read(half);

        Assert.Equal((ParametersOfTwoClasses - 688, "fp16"), (facts.Parameters, facts.Precision));
    }

    /// <summary>Nothing in such a file says what it is of; its names and shapes are resnet20's.</summary>
    [Fact]
    public void Read_WeightsThatDoNotNameTheirNetwork_FindsTheOneThatTheyFit()
    {
        var path = Path.Combine(_folder.FullName, "weights.pth");
        var weights = ClassifierModel.Load(Export()).Model.Graph.Initializer
            .Where(tensor => tensor.Name.Contains('.', StringComparison.Ordinal)).ToList();
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, weights, new Dictionary<string, string>()));

        var facts = ModelFacts.Read(path);

        Assert.Equal(
            (ModelFileKind.Safetensors, "resnet20", 2, null, ParametersOfTwoClasses, "fp32"),
            (facts.Kind, facts.Architecture, facts.Classes, facts.ImageSize, facts.Parameters, facts.Precision));
        Assert.Empty(facts.Labels);
        Assert.Empty(facts.Outputs);
    }

    [Fact]
    public void Read_Text_IsRefused()
    {
        var path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllText(path, "a text");

        var error = Assert.Throws<WeightsFileException>(() => ModelFacts.Read(path));

        Assert.Equal(
            $"'{path}' is neither a model nor weights, but a text: give a model.zip, an ONNX file, a safetensors file, or what " +
            "torch.save wrote.",
            error.Message);
    }

    private string Export()
    {
        var path = Path.Combine(_folder.FullName, "model.onnx");
        OnnxExporter.Export(ImageModels.Get("resnet20"), path, new OnnxExportOptions
        {
            Labels = ["bag", "coat"],
            Outputs = ModelOutputs.Embedding,
        });
        return path;
    }
}
