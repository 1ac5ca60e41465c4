namespace Trainers.Training;

/// <summary>Learning rate and momentum by step.</summary>
internal abstract class LearningRateSchedule
{
    /// <summary>Rate and momentum for a step, counted from 0 over all epochs.</summary>
    public abstract StepRates At(int step);

    /// <summary>The schedule of a recipe, but for the head on its own.</summary>
    public static LearningRateSchedule Of(TrainingRecipe recipe, int stepsPerEpoch)
    {
        var (steps, warmupSteps) = (recipe.Epochs * stepsPerEpoch, recipe.WarmupEpochs * stepsPerEpoch);
        return recipe.Schedule switch
        {
            RateSchedule.OneCycle => new OneCycleSchedule(recipe.LearningRate, recipe.Momentum, warmupSteps, steps),
            RateSchedule.Step => new StepSchedule(recipe.LearningRate, recipe.Momentum, (int)warmupSteps, steps),
            _ => new CosineSchedule(recipe.LearningRate, recipe.Momentum, (int)warmupSteps, steps),
        };
    }
}
