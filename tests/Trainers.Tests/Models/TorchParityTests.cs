using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models;

/// <summary>The networks are PyTorch's: same keys, same shapes, same results.</summary>
public class TorchParityTests(ITestOutputHelper output)
{
    // The reference runs in double precision, so what is left is float32 rounding through up to 154 layers:
    // the largest difference seen is 1.1e-5 (ResNet-34 and VGG-11), and another summation order of another CPU may make it a few times
    // larger.
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Names() => [.. ReferenceNetwork.Names];

    /// <summary>Networks that differ from one with a reference in depth, or in parts which another one has.</summary>
    [Fact]
    public void Names_Table_LacksOnlyVariantsOfReferencedNetworks() => Assert.Equal(
        [
            "segooglenet_5x5", "segooglenet_naive", "resnet18_mlnet",
            "resnet32", "resnet44", "resnet56", "resnet110",
            "resnet32_projection", "resnet44_projection", "resnet56_projection", "resnet110_projection",
            "sewide_resnet50_2", "sewide_resnet101_2",
            "seresnet32", "seresnet44", "seresnet56", "seresnet110",
            "seresnet20_projection", "seresnet32_projection", "seresnet44_projection", "seresnet56_projection", "seresnet110_projection",
        ],
        ImageModels.All.Select(model => model.Name).Except(ReferenceNetwork.Names));

    [Theory]
    [MemberData(nameof(Names))]
    public void StateDict_EachNetwork_HasPyTorchsKeysAndShapes(string name)
    {
        using var network = ImageModels.Get(name).Network(ReferenceNetwork.Classes);

        AssertKeys(name, network);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CountCost_EachNetwork_HasPyTorchsParameters(string name) =>
        Assert.Equal(ReferenceNetwork.Load(name).Parameters, ImageModels.Get(name).CountCost().Parameters);

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_WeightsOfTheFormula_GivesPyTorchsLogProbabilities(string name)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var reference = ReferenceNetwork.Load(name);
        using var network = FormulaValues.Fill(ImageModels.Get(name).Build(ReferenceNetwork.Classes), reference.Gain);
        network.eval();

        var logits = network.call(FormulaValues.Images(2, reference.ImageSize));

        AssertLogProbabilities(name, reference.LogProbabilities, logits);
    }

    [Fact]
    public void StateDict_GoogLeNetForTraining_HasPyTorchsKeysAndShapes()
    {
        using var network = ImageModels.Get("googlenet").BuildForTraining(ReferenceNetwork.Classes);

        AssertKeys("googlenet_training", network);
    }

    [Fact]
    public void Classify_GoogLeNetForTraining_GivesPyTorchsThreeLogProbabilities()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var reference = ReferenceNetwork.Load("googlenet_training");
        using var network = (GoogLeNet)FormulaValues.Fill(
            ImageModels.Get("googlenet").BuildForTraining(ReferenceNetwork.Classes), reference.Gain);
        network.eval();

        var logits = network.Classify(EagerGraph.Plain, FormulaValues.Images(2, reference.ImageSize), out var auxiliaryLogits);

        AssertLogProbabilities("googlenet, last classifier", reference.LogProbabilities, logits);
        Assert.Equal(2, auxiliaryLogits.Count);
        AssertLogProbabilities("googlenet, first auxiliary classifier", reference.AuxiliaryLogProbabilities![0], auxiliaryLogits[0]);
        AssertLogProbabilities("googlenet, second auxiliary classifier", reference.AuxiliaryLogProbabilities[1], auxiliaryLogits[1]);
    }

    private void AssertKeys(string name, Module network)
    {
        var lines = ReferenceNetwork.Lines(network.state_dict());

        var reference = ReferenceNetwork.Load(name);
        output.WriteLine($"Compare with Fixtures/network-reference.py --keys {name}:\n{string.Join('\n', lines)}");
        Assert.Equal(reference.Keys, lines.Length);
        Assert.Equal(reference.KeysDigest, ReferenceNetwork.Digest(lines));
    }

    private void AssertLogProbabilities(string name, float[][] reference, Tensor logits)
    {
        var expected = tensor(reference.SelectMany(row => row).ToArray(), [2, ReferenceNetwork.Classes]);
        var difference = (functional.log_softmax(logits, 1) - expected).abs().max().item<float>();
        output.WriteLine($"{name}: largest difference of log-probabilities {difference:E1}");
        Assert.InRange(difference, 0, Tolerance);
    }
}
