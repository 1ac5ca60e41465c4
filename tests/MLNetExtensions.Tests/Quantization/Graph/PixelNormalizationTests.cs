using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization.Graph;

public sealed class PixelNormalizationTests
{
    // (x − 128) / 64 of whole numbers is exact in float, either way.
    [Fact]
    public void Join_SubAndMul_BecomeOneNodeOfTheSameValues()
    {
        var network = new TinyNetwork();
        var model = network.Classify(network.Convolution(network.Image, 3, 4), 4);
        var joined = model.Clone();

        PixelNormalization.Join(joined.Graph);

        Assert.Equal(["Cast", "Transpose", "BatchNormalization", "Conv"], joined.Graph.Node.Take(4).Select(node => node.OpType));
        Assert.DoesNotContain(joined.Graph.Initializer, tensor => tensor.Name is "pixel_mean" or "pixel_scale");
        var pixels = OnnxRun.Pixels(2);
        Assert.Equal(OnnxRun.Values(model, pixels, network.Image), OnnxRun.Values(joined, pixels, network.Image));
    }

    [Fact]
    public void Join_OtherProducts_StayAsTheyAre()
    {
        var network = new TinyNetwork();
        var x = network.Convolution(network.Node("Sub", [network.Image, network.Constant("one", [1], 1)]), 3, 4);
        var model = network.Classify(network.Node("Mul", [x, network.Node("Sigmoid", [x])]), 4);
        PixelNormalization.Join(model.Graph);
        var again = model.Clone();

        PixelNormalization.Join(again.Graph);

        Assert.Equal(model, again);
    }
}
