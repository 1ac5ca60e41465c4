using MLVision.Trainers.Models;
using MLVision.Trainers.Options;
using MLVision.Trainers.Training;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Recipe;
using TorchSharp;

namespace Trainers.Tests.Training;

public sealed class SoftmaxObjectiveTests : IDisposable
{
    private const float Tolerance = 1e-6f;      // single precision near 1

    private static readonly int[] Classes = [0, 0, 1, 2];

    /// <summary>
    /// PyTorch 1.13's cross_entropy of these with label_smoothing 0.1: 0.3365127, 1.4477022, 1.4076059, 0.2949229 by image, 0.8716860 on
    /// the average.
    /// </summary>
    private readonly torch.Tensor _logits = torch.tensor(new[] { 2f, 0, -1, 0.5f, 1.5f, 0, -1, 0, 1, 0, 0, 3 }).reshape(4, 3);
    private readonly torch.Tensor _labels = torch.tensor(new[] { 0L, 0, 1, 2 });

    public void Dispose()
    {
        _logits.Dispose();
        _labels.Dispose();
    }

    [Fact]
    public void Loss_NotWeighted_IsPyTorchs()
    {
        var loss = MeanLoss(ClassBalance.None);

        Assert.Equal(0.8716860f, loss, Tolerance);
    }

    /// <summary>Weights 2/3, 4/3, 4/3: ((0.3365127 + 1.4477022) · 2/3 + (1.4076059 + 0.2949229) · 4/3) / 4.</summary>
    [Fact]
    public void Loss_Weighted_IsTheHandArithmetic()
    {
        var loss = MeanLoss(ClassBalance.WeightedLoss);

        Assert.Equal(0.8648788f, loss, Tolerance);
    }

    /// <summary>PyTorch 1.13's cross_entropy of the target 0.7 · one_hot(0, 0, 1, 2) + 0.3 · one_hot(2, 0, 0, 1).</summary>
    [Fact]
    public void Loss_MixedBatch_IsPyTorchsForProbabilities()
    {
        var recipe = new TrainingRecipe(
            new ImageTrainingOptions { LabelSmoothing = 0.1 }, ImageModels.Get("resnet20"), FineTuning.None, imageSize: 32, images: 10_000);
        using var objective = new SoftmaxObjective(recipe, recipe.LabelSmoothing, Classes, torch.CPU);
        using var batch = new Batch(torch.zeros(4, 3), _labels.alias())
        {
            OtherLabels = torch.tensor(new[] { 2L, 0, 0, 1 }),
            OtherShare = 0.3,
        };

        using var loss = objective.Loss(_logits, batch);

        Assert.Equal(1.3441861f, loss.item<float>(), Tolerance);
    }

    [Fact]
    public void WeightsOf_SixThreeAndOneImages_AreInverseAndOneOnTheAverage()
    {
        int[] labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 3];

        var weights = SoftmaxObjective.WeightsOf(labels);

        // 10 images of 3 classes: 10 / (3 · 6), 10 / (3 · 3), none, 10 / (3 · 1).
        Assert.Equal([5 / 9f, 10 / 9f, 0, 10 / 3f], weights, (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.Equal(1, labels.Average(label => weights[label]), Tolerance);
    }

    private float MeanLoss(ClassBalance balance)
    {
        var recipe = new TrainingRecipe(
            new ImageTrainingOptions { LabelSmoothing = 0.1, ClassBalance = balance }, ImageModels.Get("resnet20"), FineTuning.None,
            imageSize: 32, images: 10_000);
        using var objective = new SoftmaxObjective(recipe, recipe.LabelSmoothing, Classes, torch.CPU);
        using var loss = objective.Loss(_logits, _labels);
        return loss.item<float>();
    }
}
