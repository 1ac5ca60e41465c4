using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Trainers.Tests.Weights;

public sealed class StateDictLoaderTests
{
    private const int Classes = 4;

    private static readonly ImageModel ResNet20 = ImageModels.Get("resnet20");
    private static readonly string[] BatchNormEntries = ["weight", "bias", "running_mean", "running_var"];

    [Fact]
    public void Load_OwnNames_CopiesEveryWeight() => AssertLoads("resnet20", name => name);

    // What torch.save of a DataParallel module in a CIFAR repository holds; see pytorch_resnet_cifar10.
    [Fact]
    public void Load_DataParallelOfACifarRepository_CopiesEveryWeight() => AssertLoads(
        "resnet20", name => "module." + name.Replace("fc.", "linear.", StringComparison.Ordinal));

    [Fact]
    public void Load_ShortcutsOfACifarRepository_CopiesEveryWeight() => AssertLoads(
        "resnet20_projection", name => name.Replace(".downsample.", ".shortcut.", StringComparison.Ordinal));

    // pretrained-models.pytorch, senet.py: a stem named layer0, se_module in each block, last_linear.
    [Fact]
    public void Load_FirstSENetNames_CopiesEveryWeight() => AssertLoads("seresnet18", name => name switch
    {
        _ when name.StartsWith("conv1.", StringComparison.Ordinal) || name.StartsWith("bn1.", StringComparison.Ordinal) => "layer0." + name,
        _ when name.StartsWith("fc.", StringComparison.Ordinal) => "last_linear." + name[3..],
        _ => name.Replace(".se.", ".se_module.", StringComparison.Ordinal),
    });

    // timm's efficientnet.py; B0 has 360 entries in PyTorch, 49 of them step counters of batch norms, and B1 508 with 69.
    [Theory]
    [InlineData("efficientnet_b0", 311, 1, 2, 2, 3, 3, 4, 1)]
    [InlineData("efficientnet_b1", 439, 2, 3, 3, 4, 4, 5, 2)]
    public void Load_TimmsEfficientNetNames_CopiesEveryWeight(string name, int entries, params int[] blocks)
    {
        var timm = TimmEfficientNet(blocks);
        Assert.Equal(entries, timm.Count);

        AssertLoads(name, key => timm[key]);
    }

    // timm's vgg.py: the first two fully connected layers are convolutions, over the 7×7 pixels and over the one that is left.
    [Fact]
    public void Load_TimmsVgg_TakesConvolutionsForFullyConnectedLayers()
    {
        var architecture = ImageModels.Get("vgg11");
        using var network = architecture.Build(2);
        var shapes = network.state_dict().ToDictionary(
            entry => entry.Key switch
            {
                "classifier.0.weight" => "pre_logits.fc1.weight",
                "classifier.0.bias" => "pre_logits.fc1.bias",
                "classifier.3.weight" => "pre_logits.fc2.weight",
                "classifier.3.bias" => "pre_logits.fc2.bias",
                "classifier.6.weight" => "head.fc.weight",
                "classifier.6.bias" => "head.fc.bias",
                var key => key,
            },
            entry => entry.Value.shape);
        shapes["pre_logits.fc1.weight"] = [4096, 512, 7, 7];
        shapes["pre_logits.fc2.weight"] = [4096, 4096, 1, 1];
        using var file = SparseWeights.Of(shapes);
        file.Put("pre_logits.fc1.weight", 512 * 7 * 7, 1.5f);   // of the second output, the first input
        file.Put("pre_logits.fc2.weight", 4097, 2.5f);          // of the second output, the second input
        file.Put("head.fc.bias", 1, 3.5f);
        using var checkpoint = WeightsFile.Open(file.Path);

        var left = StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, architecture), replaceHead: false);

        var state = network.state_dict();
        Assert.Empty(left);
        Assert.Equal(1.5f, state["classifier.0.weight"][1, 0].item<float>());
        Assert.Equal(2.5f, state["classifier.3.weight"][1, 1].item<float>());
        Assert.Equal(3.5f, state["classifier.6.bias"][1].item<float>());
    }

    [Fact]
    public void Load_HeadAsConvolution_IsTakenForTheFullyConnectedLayer()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source).Reshape("fc.weight", Classes, 64, 1, 1);

        AssertLoads(ResNet20, source, stored);
    }

    [Fact]
    public void Load_LinearSqueezeExcitation_IsTakenForTheConvolution()
    {
        var architecture = ImageModels.Get("seresnet20");
        using var source = Filled(architecture);
        using var stored = StoredWeights.Of(source);
        foreach (var (name, weight) in source.state_dict()
            .Where(w => w.Key.Contains(".se.fc", StringComparison.Ordinal) && w.Value.dim() == 4))
        {
            stored.Reshape(name, weight.shape[..2]);
        }

        AssertLoads(architecture, source, stored);
    }

    // Random weights are no quarters: what is compared are the values as the narrower type holds them.
    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Load_HalfPrecision_CopiesTheRoundedValues(string type)
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open(type);
        using var network = ResNet20.Build(Classes);

        StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: false);

        // BF16 is cut off, not rounded, by the test's writer: 2^-7 is its last place, F16's is 2^-10.
        using var scope = NewDisposeScope();
        var expected = source.state_dict();
        Assert.All(Weights(network), weight => Assert.True(
            weight.Value.allclose(expected[weight.Key], rtol: type == "F16" ? 1e-3 : 8e-3, atol: 1e-6), weight.Key));
    }

    [Fact]
    public void Load_OtherClassCountWithReplaceHead_LeavesTheHeadAsItIsAndNamesIt()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open();
        using var network = ResNet20.Build(Classes + 3);

        var left = StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: true);

        Assert.Equal(["fc"], left);
        Assert.Equal(0, network.state_dict()["fc.weight"].count_nonzero().item<long>());
        AssertEqual(source, network, except: "fc.");
    }

    [Fact]
    public void Load_OtherClassCountWithoutReplaceHead_IsRefused()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source);

        var error = Refusal(ResNet20, stored, classes: 7);

        Assert.Equal(
            ["fc.weight is [4, 64], needs [7, 64]", "fc.bias is [4], needs [7]"], error.Misshapen.OrderDescending(StringComparer.Ordinal));
        Assert.Empty(error.Missing);
        Assert.Empty(error.Unexpected);
    }

    [Fact]
    public void Load_HeadOfOtherWidth_IsRefusedEvenWithReplaceHead()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source).Remove("fc.weight").Add("fc.weight", [4, 32], new float[4 * 32]);

        var error = Refusal(ResNet20, stored, replaceHead: true);

        Assert.Equal(["fc.weight is [4, 32], needs [4, 64]"], error.Misshapen);
    }

    [Fact]
    public void Load_WithoutHead_IsRefused()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source).Remove("fc.weight").Remove("fc.bias");

        var error = Refusal(ResNet20, stored, replaceHead: true);

        Assert.Equal(["fc.bias", "fc.weight"], error.Missing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Load_MissingUnexpectedAndMisshapen_AreListedAndTheNetworkStaysAsItWas()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source)
            .Remove("layer1.0.conv1.weight")
            .Remove("layer3.2.bn2.running_var")
            .Remove("bn1.bias")
            .Add("bn1.bias", [1, 16], new float[16])
            .Add("layer3.9.conv1.weight", [1], 1);
        using var checkpoint = stored.Open();
        using var network = Filled(ResNet20);
        using var before = StoredWeights.Of(network);

        var error = Assert.Throws<WeightMismatchException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: true));

        Assert.Equal(["layer1.0.conv1.weight", "layer3.2.bn2.running_var"], error.Missing.Order(StringComparer.Ordinal));
        Assert.Equal(["layer3.9.conv1.weight"], error.Unexpected);
        Assert.Equal(["bn1.bias is [1, 16], needs [16]"], error.Misshapen);
        AssertEqual(source, network);
        Assert.StartsWith($"The weights in '{checkpoint.Path}' do not fit resnet20: 2 missing (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "; 1 unexpected (layer3.9.conv1.weight); 1 misshapen (bn1.bias is [1, 16], needs [16]). Choose the architecture that they " +
            "were trained with.",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resnet20", "resnet32", "They fit resnet32.")]
    [InlineData("resnet20", "seresnet18", "They fit seresnet18 and seresnet18_timm.")]
    [InlineData("seresnet20", "resnet20", "They fit resnet20.")]
    public void Load_OtherArchitecturesWeights_SuggestsIt(string asked, string stored, string suggestion)
    {
        using var source = ImageModels.Get(stored).Build(Classes);
        using var weights = StoredWeights.Of(source);

        var error = Refusal(ImageModels.Get(asked), weights);

        Assert.EndsWith($". {suggestion}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Load_ManyMissing_NamesFiveOfThem()
    {
        using var stored = new StoredWeights().Add("fc.bias", [Classes], new float[Classes]);

        var error = Refusal(ResNet20, stored);

        // 19 convolutions, 19 batch norms of four entries, and the head's weight.
        Assert.Equal(96, error.Missing.Count);
        Assert.Contains("96 missing (", error.Message, StringComparison.Ordinal);
        Assert.Contains(" and 91 more)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_TwoNamesForOneWeight_RefusesTheOneThatIsNotOurs(bool othersFirst)
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source);
        var values = new float[Classes * 64];
        _ = othersFirst ? stored.AddFirst("linear.weight", [Classes, 64], values) : stored.Add("linear.weight", [Classes, 64], values);

        var error = Refusal(ResNet20, stored);

        Assert.Equal(["linear.weight"], error.Unexpected);
        Assert.Empty(error.Missing);
    }

    [Fact]
    public void Load_TwoForeignNamesForOneWeight_RefusesTheSecond()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source).Rename(name => name.Replace("fc.", "linear.", StringComparison.Ordinal))
            .Add("last_linear.weight", [Classes, 64], new float[Classes * 64]);

        var error = Refusal(ResNet20, stored);

        Assert.Equal(["last_linear.weight"], error.Unexpected);
    }

    [Fact]
    public void Load_NameOfSeveralLines_IsOneLineOfTheMessage()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source).Add("layer1.a\nb", [1], 1);

        var error = Refusal(ResNet20, stored);

        Assert.Contains("1 unexpected (layer1.a?b)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Load_IntegersAsWeights_ThrowsAndTheNetworkStaysAsItWas()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open("I32");
        using var network = Filled(ResNet20);

        var error = Assert.Throws<WeightsFileException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: false));

        Assert.Contains("Int32 stands where floating-point numbers are needed", error.Message, StringComparison.Ordinal);
        AssertEqual(source, network);
    }

    [Fact]
    public void Load_AuxiliaryHeadsInTheFileOnly_AreLeftOut()
    {
        var architecture = ImageModels.Get("googlenet");
        using var source = FormulaValues.Fill(architecture.BuildForTraining(Classes));
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open();
        using var network = architecture.Build(Classes);

        var left = StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, architecture), replaceHead: false);

        Assert.Empty(left);
        AssertEqual(source, network, except: "aux");
    }

    [Fact]
    public void Load_AuxiliaryHeadsInTheNetworkOnly_AreNamed()
    {
        var architecture = ImageModels.Get("googlenet");
        using var source = Filled(architecture);
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open();
        using var network = architecture.BuildForTraining(Classes);

        var left = StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, architecture), replaceHead: true);

        Assert.Equal(
            [
                "aux1.conv.bn", "aux1.conv.conv", "aux1.fc1", "aux1.fc2",
                "aux2.conv.bn", "aux2.conv.conv", "aux2.fc1", "aux2.fc2",
            ],
            left);
        AssertEqual(source, network, except: "aux");
    }

    [Fact]
    public void Load_AuxiliaryHeadsOfOtherClassCount_KeepTheirFeatures()
    {
        var architecture = ImageModels.Get("googlenet");
        using var source = FormulaValues.Fill(architecture.BuildForTraining(Classes));
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open();
        using var network = architecture.BuildForTraining(Classes + 1);

        var left = StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, architecture), replaceHead: true);

        Assert.Equal(["aux1.fc2", "aux2.fc2", "fc"], left);
        Assert.True(network.state_dict()["aux2.fc1.weight"].equal(source.state_dict()["aux2.fc1.weight"]).all().item<bool>());
    }

    [Fact]
    public void Load_Done_LeavesNoTensorAlive()
    {
        using var source = Filled(ResNet20);
        using var stored = StoredWeights.Of(source);
        using var checkpoint = stored.Open();
        using var network = ResNet20.Build(Classes);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: false);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Load_Refused_LeavesNoTensorAlive()
    {
        using var stored = new StoredWeights().Add("fc.weight", [Classes, 64], new float[Classes * 64]);
        using var checkpoint = stored.Open();
        using var network = ResNet20.Build(Classes);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Assert.Throws<WeightMismatchException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: false));

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("resnet20", "fc.weight", 7)]
    [InlineData("resnet20", "linear.weight", 7)]
    [InlineData("efficientnet_b0", "classifier.weight", 7)]
    [InlineData("vgg11", "head.fc.weight", 7)]
    [InlineData("senet154", "last_linear.weight", 7)]
    [InlineData("resnet20", "classifiers.weight", null)]
    public void ClassesOf_Head_CountsItsRows(string architecture, string name, int? expected)
    {
        using var stored = new StoredWeights().Add(name, [7, 2], new float[14]);
        using var checkpoint = stored.Open();

        Assert.Equal(expected, StateDictLoader.ClassesOf(FittedWeights.Choose(checkpoint, ImageModels.Get(architecture))));
    }

    [Fact]
    public void ClassesOf_BillionsOfRowsWithoutValues_AreNoHead()
    {
        using var stored = new StoredWeights().Add("fc.weight", [int.MaxValue, 0]);
        using var checkpoint = stored.Open();

        Assert.Null(StateDictLoader.ClassesOf(FittedWeights.Choose(checkpoint, ResNet20)));
    }

    private static Block Filled(ImageModel architecture) => FormulaValues.Fill(architecture.Build(Classes));

    private static WeightMismatchException Refusal(
        ImageModel architecture, StoredWeights stored, int classes = Classes, bool replaceHead = false)
    {
        using var checkpoint = stored.Open();
        using var network = architecture.Build(classes);
        return Assert.Throws<WeightMismatchException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, architecture), replaceHead));
    }

    private static void AssertLoads(string architecture, Func<string, string> rename)
    {
        var model = ImageModels.Get(architecture);
        using var source = Filled(model);
        using var stored = StoredWeights.Of(source);
        AssertLoads(model, source, stored.Rename(rename));
    }

    private static void AssertLoads(ImageModel architecture, Block source, StoredWeights stored)
    {
        using var checkpoint = stored.Open();
        using var network = architecture.Build(Classes);

        var left = StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, architecture), replaceHead: false);

        Assert.Empty(left);
        AssertEqual(source, network);
    }

    /// <summary>Every weight of the second is the first's, but for those whose names begin so.</summary>
    private static void AssertEqual(Block expected, Block actual, string except = "nothing")
    {
        using var scope = NewDisposeScope();
        var weights = expected.state_dict();
        Assert.All(Weights(actual).Where(weight => !weight.Key.StartsWith(except, StringComparison.Ordinal)), weight =>
            Assert.True(weight.Value.equal(weights[weight.Key]).all().item<bool>(), weight.Key));
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Weights(Block network) =>
        network.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32);

    /// <summary>torchvision's names of an EfficientNet to timm's.</summary>
    private static Dictionary<string, string> TimmEfficientNet(int[] blocks)
    {
        var names = new Dictionary<string, string>
        {
            ["features.0.0.weight"] = "conv_stem.weight",
            ["features.8.0.weight"] = "conv_head.weight",
        };
        BatchNorm("features.0.1", "bn1");
        BatchNorm("features.8.1", "bn2");
        names["classifier.1.weight"] = "classifier.weight";
        names["classifier.1.bias"] = "classifier.bias";
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var (here, timm) = ($"features.{stage + 1}.{block}.block", $"blocks.{stage}.{block}");
                if (stage == 0)
                {
                    // DepthwiseSeparableConv
                    names[$"{here}.0.0.weight"] = $"{timm}.conv_dw.weight";
                    BatchNorm($"{here}.0.1", $"{timm}.bn1");
                    Gate($"{here}.1", $"{timm}.se");
                    names[$"{here}.2.0.weight"] = $"{timm}.conv_pw.weight";
                    BatchNorm($"{here}.2.1", $"{timm}.bn2");
                }
                else
                {
                    // InvertedResidual
                    names[$"{here}.0.0.weight"] = $"{timm}.conv_pw.weight";
                    BatchNorm($"{here}.0.1", $"{timm}.bn1");
                    names[$"{here}.1.0.weight"] = $"{timm}.conv_dw.weight";
                    BatchNorm($"{here}.1.1", $"{timm}.bn2");
                    Gate($"{here}.2", $"{timm}.se");
                    names[$"{here}.3.0.weight"] = $"{timm}.conv_pwl.weight";
                    BatchNorm($"{here}.3.1", $"{timm}.bn3");
                }
            }
        }

        return names;

        void BatchNorm(string here, string timm)
        {
            foreach (var entry in BatchNormEntries)
            {
                names[$"{here}.{entry}"] = $"{timm}.{entry}";
            }
        }

        void Gate(string here, string timm)
        {
            foreach (var entry in new[] { "weight", "bias" })
            {
                names[$"{here}.fc1.{entry}"] = $"{timm}.conv_reduce.{entry}";
                names[$"{here}.fc2.{entry}"] = $"{timm}.conv_expand.{entry}";
            }
        }
    }
}
