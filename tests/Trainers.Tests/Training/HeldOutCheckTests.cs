using MLVision.Trainers.Models;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Pixels;
using MLVision.Trainers.Training.Recipe;
using MLVision.Trainers.Training.Results;
using static TorchSharp.torch;

namespace Trainers.Tests.Training;

public sealed class HeldOutCheckTests : IDisposable
{
    private const int Size = 32;
    private const int Images = 5;

    private readonly Block _network = ImageModels.Get("resnet20").Build(3);

    public HeldOutCheckTests() => Initialization.HeNormal(_network, 1, _ => true);

    public void Dispose() => _network.Dispose();

    /// <summary>Batches of two, two and one: what each image gets must be what it gets alone.</summary>
    [Fact]
    public void Logits_ImagesInSeveralBatches_AreThoseOfEachAloneInOrder()
    {
        using var logits = Check().Logits();

        Assert.Equal([Images, 3], logits.shape);
        for (var i = 0; i < Images; i++)
        {
            using var alone = new HeldOutCheck(Learner(), Batches(Pixels(i, 1)), CancellationToken.None).Logits();
            Assert.True(alone.allclose(logits[i].unsqueeze(0), rtol: 1e-4, atol: 1e-5));   // single precision, sums in another order
        }
    }

    [Fact]
    public void Logits_Network_LearnsNothingFromIt()
    {
        var before = _network.state_dict().Values.Select(weight => weight.clone()).ToList();

        using var logits = Check().Logits();

        Assert.All(before.Zip(_network.state_dict().Values), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
        Assert.False(logits.requires_grad);
    }

    /// <summary>Three classes and logits that are all zero: a loss of ln 3, and the first class for every image.</summary>
    [Fact]
    public void Add_LogitsAllZero_CountsTheFirstClassAndALossOfLnThree()
    {
        using (no_grad())
        {
            foreach (var (_, weight) in _network.named_parameters()
                .Where(weight => weight.name.StartsWith("fc.", StringComparison.Ordinal)))
            {
                weight.zero_();
            }
        }

        var recipe = new TrainingRecipe(
            new ImageTrainingOptions(), ImageModels.Get("resnet20"), FineTuning.None, imageSize: 32, images: 10_000);
        using var objective = Objective.Of(recipe, recipe.LabelSmoothing, [0, 1, 2], CPU);
        var summary = new EpochSummary
        {
            Epoch = 1,
            Phase = TrainingPhase.Whole,
            LearningRate = 0,
            Loss = 0,
            Accuracy = 0,
            ImagesPerSecond = 0,
        };

        var added = Check().Add(summary, objective);

        Assert.Equal(2.0 / 5, added.ValidationAccuracy);    // classes 0, 1, 2, 0, 1
        Assert.Equal(Math.Log(3), added.ValidationLoss!.Value, 6);
    }

    private static PixelSet Pixels(int first, int count) => new(
        Size, [.. FormulaValues.Pixels(Images, Size).Chunk(Size * Size * 3).Skip(first).Take(count)],
        [.. Enumerable.Range(first, count).Select(i => i % 3)]);

    private static BatchSource Batches(PixelSet pixels) => new(pixels, 2, new ImagePreprocessing(Size, Size, Normalization.ImageNet), CPU);

    private NetworkLearner Learner() => new(_network, TrainableParts.All(_network), EagerGraph.Plain, isChannelsLast: true);

    private HeldOutCheck Check() => new(Learner(), Batches(Pixels(0, Images)), CancellationToken.None);
}
