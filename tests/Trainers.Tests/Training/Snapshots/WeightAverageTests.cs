using MLVision.Trainers.Training.Optimizers;
using MLVision.Trainers.Training.Snapshots;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Trainers.Tests.Training.Snapshots;

public sealed class WeightAverageTests : IDisposable
{
    private const float Tolerance = 1e-6f;      // single precision near 1

    private readonly BatchNorm2d _layer = BatchNorm2d(1);

    private readonly FlatWeights _weights;

    public WeightAverageTests() => _weights = new FlatWeights(_layer, []);

    public void Dispose()
    {
        _weights.Dispose();
        _layer.Dispose();
    }

    /// <summary>
    /// The kept shares are 1/10, 2/11 and min(0.2, 3/12) = 0.2. From 1: 0.1 · 1 + 0.9 · 2 = 1.9; 2/11 · 1.9 + 9/11 · 3 = 30.8/11 = 2.8;
    /// 0.2 · 2.8 + 0.8 · 4 = 3.76.
    /// </summary>
    [Fact]
    public void Update_ThreeSteps_IsTheHandArithmetic()
    {
        Set(1);
        using var average = new WeightAverage(_weights, decay: 0.2);

        var values = Enumerable.Range(0, 3).Select(step =>
        {
            Set(step + 2);
            average.Update(step);
            return average.Averages()["weight"].item<float>();
        }).ToList();

        Assert.Equal([1.9f, 2.8f, 3.76f], values, (a, b) => Math.Abs(a - b) < Tolerance);
    }

    [Fact]
    public void Update_BatchNorm_AveragesItsStatisticsToo()
    {
        Set(1);
        using var average = new WeightAverage(_weights, decay: 0.5);

        Set(2);
        average.Update(step: 0);

        Assert.Equal(["bias", "running_mean", "running_var", "weight"], average.Averages().Keys.Order(StringComparer.Ordinal));
        Assert.All(average.Averages().Values, value => Assert.Equal(1.9f, value.item<float>(), Tolerance));
    }

    [Fact]
    public void Apply_UntilDisposed_GivesTheNetworkTheAverage()
    {
        Set(1);
        using var average = new WeightAverage(_weights, decay: 0.5);
        Set(2);
        average.Update(step: 0);

        float during;
        using (average.Apply())
        {
            during = _layer.weight.item<float>();
        }

        Assert.Equal(1.9f, during, Tolerance);
        Assert.Equal(2, _layer.weight.item<float>());
        Assert.Equal(1.9f, average.Averages()["weight"].item<float>(), Tolerance);
    }

    [Fact]
    public void Restore_SavedAverages_GoesOnFromThem()
    {
        Set(4);
        using var average = new WeightAverage(_weights, decay: 0.2);
        using var saved = tensor(2.8f).reshape(1);

        average.Restore(average.Averages().Keys.ToDictionary(key => key, _ => saved));
        average.Update(step: 2);

        Assert.Equal(3.76f, average.Averages()["weight"].item<float>(), Tolerance);
    }

    private void Set(float value)
    {
        using var untracked = no_grad();
        foreach (var tensor in _layer.state_dict().Values.Where(tensor => tensor.dtype == ScalarType.Float32))
        {
            tensor.fill_(value);
        }
    }
}
