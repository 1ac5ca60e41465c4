using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Training.Optimizers;

public sealed class FlatWeightsTests : IDisposable
{
    private readonly Block _network = ImageModels.Get("resnet20").Build(3);

    public FlatWeightsTests() => Initialization.HeNormal(_network, seed: 1, _ => true);

    public void Dispose() => _network.Dispose();

    [Fact]
    public void All_Changed_ChangesEveryTensorOfTheModule()
    {
        using var weights = Flatten();

        using (no_grad())
        {
            weights.All.fill_(3);
        }

        Assert.All(Saved(), tensor => Assert.True(tensor.Value.eq(3).all().item<bool>(), tensor.Key));
    }

    [Fact]
    public void Named_All_IsTheModulesOwnState()
    {
        var before = Saved().ToDictionary(tensor => tensor.Key, tensor => tensor.Value.clone());

        using var weights = Flatten();

        var named = weights.Named(weights.All);
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), named.Keys.Order(StringComparer.Ordinal));
        Assert.All(before, tensor => Assert.True(tensor.Value.equal(named[tensor.Key]).all().item<bool>(), tensor.Key));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_Module_KeepsItsValuesInMemoryOfItsOwn(bool isChannelsLast)
    {
        var before = Saved().ToDictionary(tensor => tensor.Key, tensor => tensor.Value.clone());

        Flatten(isChannelsLast: isChannelsLast).Dispose();

        Assert.All(Saved(), tensor =>
        {
            Assert.True(before[tensor.Key].equal(tensor.Value).all().item<bool>(), tensor.Key);
            Assert.True(tensor.Value.is_contiguous());
            Assert.Equal(0, tensor.Value.storage_offset());
        });
    }

    /// <summary>2100 · 2000 weights are more than a range has on a CPU: 2²² and 5,696. The others are few enough to be joined.</summary>
    [Fact]
    public void Gradients_LargeAndSmallWeights_AreInTheOrderOfTheRanges()
    {
        using var scope = NewDisposeScope();
        using var chain = Sequential(("first", Linear(2, 2100)), ("second", Linear(2100, 2000)), ("third", Linear(2000, 1)));
        var group = new WeightGroup([.. chain.parameters().Cast<Parameter>()], 1, IsDecayed: true);
        using var weights = new FlatWeights(chain, [group]);
        chain.call(ones(3, 2)).sum().backward();

        var gradients = weights.Gradients();

        var named = chain.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter.grad!);
        var small = cat([.. named.Where(gradient => gradient.Key != "second.weight").Select(gradient => gradient.Value.flatten())]);
        Assert.Equal([small.shape[0], 1 << 22, 5_696], gradients.Ranges.Select(range => range.shape[0]));
        Assert.Equal(weights.Trained.Select(range => range.Length), gradients.Ranges.Select(range => range.shape[0]));
        Assert.True(small.equal(gradients.Ranges[0]).all().item<bool>());
        Assert.True(named["second.weight"].flatten().equal(cat([.. gradients.Ranges.Skip(1)])).all().item<bool>());
    }

    [Fact]
    public void DropGradients_AfterAStep_LeavesNone()
    {
        using var scope = NewDisposeScope();
        using var weights = Flatten(EagerGraph.Mixed);
        Loss(EagerGraph.Mixed.With(weights.Halves)).backward();

        weights.DropGradients();

        Assert.All(weights.Gradients().Ranges, range => Assert.Equal(0, range.abs().max().item<float>()));
    }

    // Casting all weights at once, or each where it is used, is the same arithmetic.
    [Fact]
    public void Gradients_Bfloat16Copies_AreThoseOfCastingAtEachUse()
    {
        using var scope = NewDisposeScope();
        Tensor[] expected, actual;
        using (var weights = Flatten())
        {
            Loss(EagerGraph.Mixed).backward();
            expected = Sorted(weights);
        }

        _network.zero_grad();
        using (var weights = Flatten(EagerGraph.Mixed))
        {
            Loss(EagerGraph.Mixed.With(weights.Halves)).backward();
            actual = Sorted(weights);
            Assert.Equal(19, weights.Halves.Count);      // the first convolution, and two in each of nine blocks
        }

        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }

    [Fact]
    public void Refresh_ChangedWeights_RenewsTheCopies()
    {
        using var scope = NewDisposeScope();
        using var weights = Flatten(EagerGraph.Mixed);
        using (no_grad())
        {
            weights.All.fill_(0.3f);
        }

        weights.Refresh();

        var expected = tensor(0.3f).to(ScalarType.BFloat16);
        Assert.All(weights.Halves.Values, half => Assert.True(half.eq(expected).all().item<bool>()));
    }

    // The same sums in another order.
    [Fact]
    public void Gradients_ChannelsLast_AreThoseOfChannelsFirst()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> Named(bool isChannelsLast)
        {
            using var weights = Flatten(isChannelsLast: isChannelsLast);
            weights.DropGradients();
            Loss(EagerGraph.Plain).backward();
            var flat = zeros_like(weights.All);
            foreach (var (range, gradient) in weights.Trained.Zip(weights.Gradients().Ranges))
            {
                flat.narrow(0, range.Offset, range.Length).copy_(gradient);
            }

            return weights.Named(flat).ToDictionary(entry => entry.Key, entry => entry.Value.contiguous());
        }

        var (expected, actual) = (Named(false), Named(true));

        Assert.All(expected, entry => Assert.True(entry.Value.allclose(actual[entry.Key], rtol: 1e-3, atol: 1e-5), entry.Key));
    }

    [Fact]
    public void Constructor_WeightOfAnotherModule_IsRefused()
    {
        using var other = Linear(2, 2);

        Assert.Throws<ArgumentException>(() => new FlatWeights(_network, [new WeightGroup([other.weight], 1, IsDecayed: true)]));
    }

    private static Tensor[] Sorted(FlatWeights weights) => [cat([.. weights.Gradients().Ranges]).sort().Values];

    private FlatWeights Flatten(EagerGraph? graph = null, bool isChannelsLast = false) =>
        new(_network, TrainableParts.All(_network).Groups(), graph?.WeightsInBFloat16(_network), isChannelsLast);

    private Tensor Loss(EagerGraph graph)
    {
        _network.train();
        return functional.cross_entropy(graph.Apply(_network, FormulaValues.Images(3, 32)), tensor([0L, 1, 2]));
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Saved() =>
        _network.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32);
}
