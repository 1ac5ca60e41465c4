using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Training;

public class NetworkLearnerTests
{
    private const int Images = 2;
    private const int ImageSize = 64;

    public static TheoryData<string> Names => [.. ImageModels.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_AnyArchitecture_LearnsAndRepeatsItsNoise(string name)
    {
        using var scope = NewDisposeScope();
        using var network = ImageModels.Get(name).BuildForTraining(classes: 3);
        Initialization.HeNormal(network, seed: 1, _ => true);
        using var noise = new Noise(CPU);
        var learner = new NetworkLearner(network, TrainableParts.All(network), EagerGraph.Plain, isChannelsLast: true);
        learner.DrawNoiseFrom(noise);
        learner.Train();

        var (first, again) = (Loss(), Loss());
        again.backward();

        Assert.Equal(first.item<float>(), again.item<float>());
        Assert.All(network.parameters(), weight => Assert.True(weight.grad!.isfinite().all().item<bool>()));

        Tensor Loss()
        {
            noise.Restart(1);
            var outputs = learner.Forward(FormulaValues.Images(Images, ImageSize));
            return outputs.AuxiliaryLogits.Append(outputs.Logits)
                .Select(logits => functional.cross_entropy(logits, arange(Images, ScalarType.Int64))).Aggregate((sum, loss) => sum + loss);
        }
    }
}
