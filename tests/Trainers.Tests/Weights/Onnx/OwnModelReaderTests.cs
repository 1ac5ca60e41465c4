using System.IO.Compression;
using Google.Protobuf;
using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using Trainers.Tests.Weights.Files;

namespace Trainers.Tests.Weights.Onnx;

/// <summary>Models of ours as files of weights.</summary>
public sealed class OwnModelReaderTests(FittedClassifier fitted) : IClassFixture<FittedClassifier>, IDisposable
{
    private const string WhatIsTaken =
        "; only models that mlvision wrote are a start for training, and for resnet18_mlnet ML.NET's ResNet18.onnx, unchanged.";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("own-model-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.zip")]
    public void Open_Model_HasTheWeightsAndMetadataOfItsSafetensors(string name)
    {
        using var expected = WeightsFile.Open(Save("weights.safetensors"));

        using var model = WeightsFile.Open(Save(name));

        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), model.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(model.Tensors, tensor => Assert.Equal(expected.Tensors[tensor.Key].Shape, tensor.Value.Shape));
        Assert.All(model.Tensors, tensor => Assert.Equal(expected.Tensors[tensor.Key].Values(), tensor.Value.Values()));
        Assert.Equal(expected.About.OrderBy(entry => entry.Key), model.About.OrderBy(entry => entry.Key));
        Assert.Equal((false, true), (expected.IsModel, model.IsModel));
        Assert.True(model.HasClassifier);
    }

    [Fact]
    public void Open_Int8Model_IsRefused() => AssertRefused(
        "it is an int8 model, and rounded weights are no start for training; give the float model it was made of.",
        model => model.Graph.Node.Add(new NodeProto { OpType = "DequantizeLinear" }));

    [Fact]
    public void Open_ModelOfAnotherProgram_NamesTheProgram() => AssertRefused($"it is an ONNX model of 'pytorch'{WhatIsTaken}", model =>
    {
        model.ProducerName = "pytorch";
        model.MetadataProps.Clear();
    });

    [Fact]
    public void Open_ModelOfAProgramWithoutName_SaysOfAnotherProgram() =>
        AssertRefused($"it is an ONNX model of another program{WhatIsTaken}", model =>
        {
            model.ProducerName = "";
            model.MetadataProps.Clear();
        });

    [Fact]
    public void Open_ModelWithoutItsMetadata_SaysSo() => AssertRefused(
        $"it is an ONNX model of 'mlvision' whose metadata is missing or damaged{WhatIsTaken}", model => model.MetadataProps.RemoveAt(0));

    [Fact]
    public void Open_ArchitectureOfAnotherVersion_NamesIt() => AssertRefused(
        "it is a model of the architecture 'resnet2000', which this version does not know.",
        model => model.MetadataProps.Single(property => property.Key == "architecture").Value = "resnet2000");

    [Fact]
    public void Open_GraphOfAnotherArchitecture_SaysWhereItDiffers() => AssertRefused(
        "which has a Conv that reads", model => model.MetadataProps.Single(property => property.Key == "architecture").Value = "resnet32");

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.001)]
    public void Open_CutOnnxFile_SaysThatItIsDamaged(double share)
    {
        var whole = File.ReadAllBytes(Save("model.onnx"));

        var message = CheckpointFiles.Refusal(whole[..(int)(whole.Length * share)]);

        Assert.Contains("is damaged: its ONNX model ends too early or is not one.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CutZip_SaysThatItsEndIsMissing()
    {
        var whole = File.ReadAllBytes(Save("model.zip"));

        var message = CheckpointFiles.Refusal(whole[..(whole.Length / 2)]);

        Assert.Contains("its end is missing", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ZipWithADamagedModel_SaysThatItIsDamaged()
    {
        var zip = Save("model.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
        {
            var entry = archive.Entries.Single(entry => entry.FullName.EndsWith("/OnnxModel", StringComparison.Ordinal));
            using var content = entry.Open();
            content.SetLength(1000);
        }

        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(zip));

        Assert.Contains(
            "is damaged: its zip archive is not whole (its ONNX model says that it has", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What <c>Model.Save</c> writes of a chain without an ONNX transformer.</summary>
    [Fact]
    public void Open_ZipWithoutAnOnnxModel_SaysSo()
    {
        var zip = Path.Combine(_folder.FullName, "stock.zip");
        fitted.ML.Model.Save(fitted.ML.Transforms.CopyColumns("Copy", "Label").Fit(fitted.View), fitted.View.Schema, zip);

        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(zip));

        Assert.Equal(
            $"The weights file '{zip}' is refused: it is a model of ML.NET with no ONNX model in it{WhatIsTaken}", error.Message);
    }

    /// <summary>A byte is changed in 150 places, near the beginning and the end where names, shapes and folders are, or anywhere.</summary>
    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.zip")]
    public void Open_ChangedBytes_ThrowNothingElse(string name)
    {
        const int Mutants = 150, Edge = 20_000;
        var path = Save(name);
        var (whole, random) = (File.ReadAllBytes(path), new Random(16));
        var refused = 0;
        for (var mutant = 0; mutant < Mutants; mutant++)
        {
            var bytes = whole.ToArray();
            var at = (mutant % 3) switch
            {
                0 => random.Next(Edge),
                1 => bytes.Length - 1 - random.Next(Edge),
                _ => random.Next(bytes.Length),
            };
            bytes[at] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, bytes);
            try
            {
                using var file = WeightsFile.Open(path);
            }
            catch (WeightsFileException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Mutants);
    }

    private void AssertRefused(string sentence, Action<ModelProto> change)
    {
        var path = Save("model.onnx");
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        OnnxDigest.TakeOut(model);
        change(model);
        File.WriteAllBytes(path, model.ToByteArray());

        var error = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(path));

        Assert.StartsWith($"The weights file '{path}' is refused: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private string Save(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        switch (Path.GetExtension(name))
        {
            case ".onnx":
                fitted.Model.SaveOnnx(path);
                break;
            case ".zip":
                fitted.ML.Model.Save(fitted.Model, fitted.View.Schema, path);
                break;
            default:
                fitted.Model.SaveWeights(path);
                break;
        }

        return path;
    }
}
