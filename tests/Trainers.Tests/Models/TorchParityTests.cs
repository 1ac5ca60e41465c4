using Trainers.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Models;

/// <summary>The networks are PyTorch's: same keys, same shapes, same results.</summary>
public class TorchParityTests(ITestOutputHelper output)
{
    // The reference runs in double precision, so what is left is float32 rounding through up to 50 layers:
    // the largest difference seen is 6e-6 (ResNet-34), and another summation order of another CPU may make it a few times larger.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet34")]
    [InlineData("resnet50")]
    [InlineData("resnet20")]
    public void StateDict_EachNetwork_HasPyTorchsKeysAndShapes(string name)
    {
        using var network = ImageModels.Get(name).Build(ReferenceNetwork.Classes);

        var lines = ReferenceNetwork.Lines(network.state_dict());

        var reference = ReferenceNetwork.Load(name);
        output.WriteLine($"Compare with Fixtures/network-reference.py --keys {name}:\n{string.Join('\n', lines)}");
        Assert.Equal(reference.Keys, lines.Length);
        Assert.Equal(reference.KeysDigest, ReferenceNetwork.Digest(lines));
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet34")]
    [InlineData("resnet50")]
    [InlineData("resnet20")]
    public void Call_WeightsOfTheFormula_GivesPyTorchsLogProbabilities(string name)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var reference = ReferenceNetwork.Load(name);
        var network = FormulaValues.Fill(ImageModels.Get(name).Build(ReferenceNetwork.Classes), reference.Gain);
        network.eval();

        var scores = functional.log_softmax(network.call(FormulaValues.Images(2, reference.ImageSize)), 1);

        var expected = tensor(reference.LogProbabilities.SelectMany(row => row).ToArray(), [2, ReferenceNetwork.Classes]);
        var difference = (scores - expected).abs().max().item<float>();
        output.WriteLine($"{name}: largest difference of log-probabilities {difference:E1}");
        Assert.InRange(difference, 0, Tolerance);
    }
}
