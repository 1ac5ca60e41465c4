using MLVision.Trainers.Models;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights;

/// <summary>Which weights of a file a network gets, and what is said of the others.</summary>
public sealed class FittedWeightsTests : IDisposable
{
    private const int Classes = 4;

    private static readonly ImageModel ResNet20 = ImageModels.Get("resnet20");

    private readonly RecordingLogger _logger = new();
    private readonly StoredWeights _weights;

    public FittedWeightsTests()
    {
        using var network = FormulaValues.Fill(ResNet20.Build(Classes));
        _weights = StoredWeights.Of(network);
    }

    public void Dispose() => _weights.Dispose();

    // DataParallel, torch.compile, Lightning, and fields of wrappers, one in the other or none.
    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("module.model.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("state_dict.model.net.")]
    [InlineData("resnet.")]
    [InlineData("fc.layer1.conv1.")]
    [InlineData("a.b.c.d.e.f.")]
    public void Choose_AnyPrefix_IsTakenOff(string prefix)
    {
        using var checkpoint = _weights.Rename(name => prefix + name).Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);

        AssertComplete(fitted);
        Assert.Equal(prefix.Length == 0 ? "." : prefix[..^1], fitted.Key);
        Assert.Empty(fitted.LeftOut());
    }

    [Theory]
    [InlineData("model.", "criterion.weight")]
    [InlineData("model.", "val_acc.tp")]
    [InlineData("", "criterion.weight")]
    [InlineData("model.", "model.criterion.weight")]
    [InlineData("model.", "queue")]
    public void Choose_OtherTensorsBesideTheNetworks_AreLeftOutAndSaid(string prefix, string other)
    {
        using var checkpoint = _weights.Rename(name => prefix + name).AddFirst(other, [1], 1).Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);
        fitted.Log(_logger);

        AssertComplete(fitted);
        Assert.Contains($"Left out: {other}.", Messages);
    }

    [Fact]
    public void Choose_ManyOtherTensors_NamesFive()
    {
        foreach (var i in Enumerable.Range(1, 7))
        {
            _weights.Add($"loss.{i}", [1], 1);
        }

        using var checkpoint = _weights.Open();

        FittedWeights.Choose(checkpoint, ResNet20).Log(_logger);

        Assert.Contains("Left out: loss.1, loss.2, loss.3, loss.4, loss.5 and 2 more.", Messages);
    }

    // A Sequential of dropout and a linear layer, a repository's own field, a module around it, and a head beside the backbone.
    [Theory]
    [InlineData("", "fc.1.")]
    [InlineData("", "linear.1.")]
    [InlineData("", "fc.0.")]
    [InlineData("", "classifier.3.")]
    [InlineData("", "head.fc.")]
    [InlineData("", "head.dense.out.")]
    [InlineData("", "output.")]
    [InlineData("backbone.", "backbone.fc.1.")]
    [InlineData("model.backbone.", "model.classifier.")]
    [InlineData("model.backbone.", "model.classifier.1.")]
    [InlineData("model.backbone.", "head.")]
    public void Choose_LastLayerUnderAnotherName_IsFoundByItsPlace(string prefix, string head)
    {
        _weights.Rename(name => name.StartsWith("fc.", StringComparison.Ordinal) ? head + name[3..] : prefix + name);
        using var checkpoint = _weights.Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);

        AssertComplete(fitted);
        Assert.Equal(Classes, StateDictLoader.ClassesOf(fitted));
    }

    [Theory]
    [InlineData("efficientnet_b0", "classifier.1.", "classifier.1.1.")]
    [InlineData("efficientnet_b0", "classifier.1.", "classifier.4.")]
    [InlineData("efficientnet_b0", "classifier.1.", "classifier.")]
    [InlineData("googlenet", "fc.", "fc.1.")]
    public void Choose_HeadsOfOtherArchitectures_AreFoundByTheirPlace(string architecture, string ours, string theirs)
    {
        var model = ImageModels.Get(architecture);
        using var network = model.Build(Classes);
        using var weights = StoredWeights.Of(network).Rename(name => name.Replace(ours, theirs, StringComparison.Ordinal));
        using var checkpoint = weights.Open();

        var fitted = FittedWeights.Choose(checkpoint, model);

        Assert.True(fitted.AreComplete);
        Assert.Equal(theirs + "weight", fitted.Weights[$"{model.Head}.weight"].Name);
    }

    [Fact]
    public void Load_HeadWithAHiddenLayer_IsRefusedAndSaysWhy()
    {
        _weights.Rename(name => name.Replace("fc.", "fc.2.", StringComparison.Ordinal));
        using var checkpoint = _weights.Add("fc.0.weight", [64, 64], new float[64 * 64]).Add("fc.0.bias", [64], new float[64]).Open();
        using var network = ResNet20.Build(Classes);

        var error = Assert.Throws<WeightMismatchException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: true));

        Assert.Equal(["fc.weight", "fc.bias"], error.Missing);
        Assert.Contains(
            "Their head has several layers (fc.2, fc.0), and resnet20 ends in a single one", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.,ema_model.", "ema_model")]
    [InlineData("ema.,model.", "ema")]
    [InlineData("student.,teacher.", "teacher")]
    [InlineData("netEMA.,net.", "netEMA")]
    [InlineData("net.,swa_model.module.", "swa_model.module")]
    [InlineData("cinema.,schema.", "cinema")]
    [InlineData("b.,a.", "b")]
    [InlineData("other.,state_dict.", "state_dict")]
    [InlineData("model.,state_dict.", "state_dict")]
    [InlineData("state_dict.,state_dict_ema.", "state_dict_ema")]
    [InlineData(",ema_model.", "ema_model")]
    public void Choose_SeveralThatFit_TakesAveragedOnesFirstAndSaysSo(string prefixes, string expected)
    {
        using var checkpoint = Several(prefixes).Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);
        fitted.Log(_logger);

        AssertComplete(fitted);
        Assert.Equal(expected, fitted.Key);
        Assert.Contains(Messages, message => message.StartsWith("Several sets of weights in the file fit: ", StringComparison.Ordinal)
            && message.Contains($"Those under '{expected}' are used", StringComparison.Ordinal));
        Assert.DoesNotContain(Messages, message => message.StartsWith("Left out", StringComparison.Ordinal));
    }

    // torch.optim.swa_utils.AveragedModel counts what it averages.
    [Fact]
    public void Choose_CounterOfAnAverageBesideIt_TellsThatItIsOne()
    {
        using var checkpoint = Several("a.,b.module.").Add("b.n_averaged", [], 3).Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);

        Assert.Equal("b.module", fitted.Key);
        Assert.True(fitted.IsAveraged);
    }

    [Fact]
    public void Choose_AveragedOnesThatDoNotFit_ComeAfterThoseThatDo()
    {
        using var checkpoint = Several("model.,ema.").Remove("ema.layer3.2.bn2.bias").Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);

        AssertComplete(fitted);
        Assert.Equal("model", fitted.Key);
        Assert.Equal(96, fitted.LeftOut().Count(name => name.StartsWith("ema.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("state_dict", "state_dict")]
    [InlineData("state_dict.model", "state_dict.model")]
    [InlineData("model", "state_dict.model")]
    [InlineData("ema", "ema")]
    [InlineData("net", "ema.net")]
    public void Choose_Key_TakesTheWeightsUnderIt(string key, string expected)
    {
        using var checkpoint = Several("state_dict.model.,ema.net.").Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20, key);

        AssertComplete(fitted);
        Assert.StartsWith(expected, fitted.Key, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_KeyOfTheTop_TakesWhatLiesThere()
    {
        using var checkpoint = Several(",ema_model.").Open();

        Assert.Equal(".", FittedWeights.Choose(checkpoint, ResNet20, ".").Key);
    }

    [Fact]
    public void Choose_KeyThatIsNotThere_ListsThoseThatAre()
    {
        using var checkpoint = Several("state_dict.,ema.").Open();

        var error = Assert.Throws<WeightsFileException>(() => FittedWeights.Choose(checkpoint, ResNet20, "emma"));

        Assert.Contains("it has no weights under 'emma'; they are under 'ema', 'state_dict'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_KeyOfWeightsThatDoNotFit_SaysWhereOthersLie()
    {
        using var checkpoint = Several("state_dict.").Add("optimizer.lr", [1], 1).Open();
        using var network = ResNet20.Build(Classes);

        var error = Assert.Throws<WeightMismatchException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20, "optimizer"), replaceHead: false));

        Assert.Contains("97 missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("Weights that fit are under state_dict", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PrefixedWeightsOfAnotherArchitecture_AreRefusedAndSuggestIt()
    {
        using var source = ImageModels.Get("resnet32").Build(Classes);
        using var weights = StoredWeights.Of(source).Rename(name => "model." + name);
        using var checkpoint = weights.Add("criterion.weight", [1], 1).Open();
        using var network = ResNet20.Build(Classes);

        var error = Assert.Throws<WeightMismatchException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: true));

        Assert.Empty(error.Missing);
        Assert.Equal(60, error.Unexpected.Count);   // two more blocks a stage, of two convolutions and two batch norms of four
        Assert.EndsWith("They fit resnet32.", error.Message, StringComparison.Ordinal);
    }

    // thop.profile leaves these in every layer.
    [Fact]
    public void Choose_CountersOfAProfiler_AreNoWeights()
    {
        using var checkpoint = _weights.Add("layer1.0.conv1.total_ops", [1], 1).Add("total_params", [1], 1).Open();

        var fitted = FittedWeights.Choose(checkpoint, ResNet20);

        Assert.True(fitted.AreComplete);
        Assert.Empty(fitted.LeftOut());
    }

    [Theory]
    [InlineData("F32", float.NaN, "1 value that is NaN or infinite")]
    [InlineData("F32", float.NegativeInfinity, "1 value that is NaN or infinite")]
    [InlineData("F16", 1e6f, "1 value that is NaN or infinite")]
    [InlineData("BF16", float.NaN, "1 value that is NaN or infinite")]
    public void Load_WeightThatIsNoNumber_NamesItAsTheFileDoes(string type, float value, string expected)
    {
        _weights.Set("layer2.1.conv1.weight", 1001, value).Rename(name => "module." + name);
        using var checkpoint = _weights.Open(type);
        using var network = ResNet20.Build(Classes);

        var error = Assert.Throws<WeightsFileException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: false));

        Assert.Equal(
            $"The weights file '{checkpoint.Path}' is damaged: tensor 'module.layer2.1.conv1.weight' has {expected}.", error.Message);
    }

    [Theory]
    [InlineData("bn1.running_mean", float.NaN, "2 values that are NaN or infinite")]
    [InlineData("fc.bias", float.PositiveInfinity, "2 values that are NaN or infinite")]
    [InlineData("bn1.running_var", -0.5f, "2 values that are below 0, as no variance can be")]
    public void Load_TwoValuesThatCannotBe_AreCounted(string name, float value, string expected)
    {
        using var checkpoint = _weights.Set(name, 0, value).Set(name, 3, value).Open();
        using var network = ResNet20.Build(Classes);

        var error = Assert.Throws<WeightsFileException>(
            () => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: false));

        Assert.EndsWith($"tensor '{name}' has {expected}.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("criterion.weight")]
    [InlineData("fc.weight")]
    public void Load_NoNumberInAWeightThatIsNotUsed_IsNoMatter(string name)
    {
        _weights.Add("criterion.weight", [1], 1).Set(name, 0, float.NaN);
        using var checkpoint = _weights.Open();
        using var network = ResNet20.Build(Classes + 1);

        var error = Record.Exception(() => StateDictLoader.Load(network, FittedWeights.Choose(checkpoint, ResNet20), replaceHead: true));

        Assert.Null(error);
    }

    private IEnumerable<string> Messages => _logger.Lines.Select(line => line.Message);

    private StoredWeights Several(string prefixes) => _weights.Repeat(prefixes.Split(','));

    private static void AssertComplete(FittedWeights fitted)
    {
        Assert.True(fitted.AreComplete);
        Assert.All(ResNet20Names(), name => Assert.True(fitted.Weights.ContainsKey(name), name));
    }

    private static IEnumerable<string> ResNet20Names() => NetworkShapes.Of(ResNet20).Weights.Keys;
}
