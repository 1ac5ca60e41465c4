using Microsoft.Extensions.Time.Testing;
using MLVision.Cli.Output.Live;
using MLVision.Trainers.Training.Results;

namespace Cli.Tests.Output.Live;

public sealed class RemainingTimeTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void After_FirstReport_IsUnknown()
    {
        var remaining = new RemainingTime(images: 100, _time);

        Assert.Null(remaining.After(Reports.Step(TrainingPhase.Whole, 1, 3, step: 1, steps: 11)));
    }

    /// <summary>5 steps took 10 s, so an epoch of 11 steps takes 22 s: 5 steps of this epoch are left, and 2 epochs.</summary>
    [Fact]
    public void After_StepsOfTheFirstEpoch_GoesByTheirPace()
    {
        var remaining = new RemainingTime(images: 100, _time);
        remaining.After(Reports.Step(TrainingPhase.Whole, 1, 3, step: 1, steps: 11));
        _time.Advance(TimeSpan.FromSeconds(10));

        var left = remaining.After(Reports.Step(TrainingPhase.Whole, 1, 3, step: 6, steps: 11));

        Assert.Equal(10 + (2 * 22), left!.Value.TotalSeconds, precision: 6);
    }

    /// <summary>The last epoch took 20 s and its validation 5: half an epoch, a validation, and two of both are left.</summary>
    [Fact]
    public void After_AnEpoch_GoesByWhatItTook()
    {
        var remaining = new RemainingTime(images: 100, _time);
        remaining.Add(Reports.Epoch(TrainingPhase.Whole, 1, seconds: 20, validationSeconds: 5));

        var left = remaining.After(Reports.Step(TrainingPhase.Whole, 2, 4, step: 5, steps: 10));

        Assert.Equal((10 + 5) + (2 * 25), left!.Value.TotalSeconds, precision: 6);
        Assert.False(remaining.IsRough);
    }

    /// <summary>100 images at 50 a second make a pass of 2 s; two epochs of fine-tuning take three of them each.</summary>
    [Fact]
    public void After_FeaturesBeforeFineTuning_AddsItsEpochs()
    {
        var remaining = new RemainingTime(images: 100, _time);
        var step = Reports.Step(TrainingPhase.Features, 1, 1, step: 1, steps: 5, imagesPerSecond: 50) with { LaterEpochs = 2 };
        remaining.After(step);
        _time.Advance(TimeSpan.FromSeconds(2));

        var left = remaining.After(step with { Step = 5 });

        Assert.Equal(0 + (2 * 3 * 2), left!.Value.TotalSeconds, precision: 6);
        Assert.True(remaining.IsRough);
    }

    /// <summary>A resumed head has no features' pace to go by.</summary>
    [Fact]
    public void After_HeadWithoutFeatures_IsUnknown()
    {
        var remaining = new RemainingTime(images: 100, _time);
        remaining.Add(Reports.Epoch(TrainingPhase.Head, 1));

        Assert.Null(remaining.After(Reports.Step(TrainingPhase.Head, 2, 3, step: 2, steps: 4) with { LaterEpochs = 2 }));
    }
}
