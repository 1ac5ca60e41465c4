using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Trainers.Tests.Models.Layers;

[Collection(ProcessState.Name)]     // torch has one generator a process
public class NetworkMemoryTests
{
    [Fact]
    public void Allocate_MetaNetwork_HasZerosAndVariancesOfOne()
    {
        using var scope = NewDisposeScope();
        using var network = ImageModels.Get("resnet20_projection").Build(10);

        Assert.All(network.state_dict(), weight =>
        {
            Assert.Equal(DeviceType.CPU, weight.Value.device_type);
            var expected = weight.Key.EndsWith("running_var", StringComparison.Ordinal) ? 1 : 0;
            Assert.True(weight.Value.eq(expected).all().item<bool>(), weight.Key);
        });
    }

    [Fact]
    public void Allocate_Parameters_AreTrained()
    {
        using var network = ImageModels.Get("resnet20").Build(10);

        Assert.All(network.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Allocate_LayerOfAnotherKind_Throws()
    {
        using var network = nn.Sequential(nn.Embedding(3, 4, device: META));

        var error = Assert.Throws<NotSupportedException>(() => NetworkMemory.Allocate(network));

        Assert.Contains("0.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Network_LeavesTorchsGeneratorAlone()
    {
        using var before = get_rng_state();

        ImageModels.Get("efficientnet_b0").Build(10).Dispose();

        using var after = get_rng_state();
        Assert.True(after.eq(before).all().item<bool>());
    }
}
