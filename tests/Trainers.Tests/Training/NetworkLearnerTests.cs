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
    public void Forward_AnyArchitecture_LearnsFromItsOwnNoiseAlone(string name)
    {
        using var scope = NewDisposeScope();
        using var network = ImageModels.Get(name).BuildForTraining(classes: 3);
        Initialization.HeNormal(network, seed: 1, _ => true);
        using var noise = new Noise(CPU);
        noise.Restart(1);
        var learner = new NetworkLearner(network, TrainableParts.All(network), EagerGraph.Plain, isChannelsLast: true);
        learner.DrawNoiseFrom(noise);
        learner.Train();
        var before = get_rng_state();

        var outputs = learner.Forward(FormulaValues.Images(Images, ImageSize));
        var losses = outputs.AuxiliaryLogits.Append(outputs.Logits)
            .Select(logits => functional.cross_entropy(logits, arange(Images, ScalarType.Int64)));
        losses.Aggregate((sum, loss) => sum + loss).backward();

        Assert.True(get_rng_state().eq(before).all().item<bool>());
        Assert.All(network.parameters(), weight => Assert.True(weight.grad!.isfinite().all().item<bool>()));
    }
}
