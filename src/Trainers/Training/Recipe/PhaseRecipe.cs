using MLVision.Trainers.Options;
using MLVision.Trainers.Training.Rates;
using MLVision.Trainers.Training.Results;

namespace MLVision.Trainers.Training.Recipe;

/// <summary>How one phase of a training changes the weights.</summary>
internal sealed record PhaseRecipe
{
    private const double HeadMomentum = 0.9;    // Adam's first beta: Kingma and Ba 2015

    /// <summary>The name of the phase.</summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>How often every input is used.</summary>
    public required int Epochs { get; init; }

    /// <summary>Epochs of the phase that follows; 0 where none does.</summary>
    public int LaterEpochs { get; init; }

    /// <summary>What changes the weights.</summary>
    public required TrainingOptimizer Optimizer { get; init; }

    /// <summary>Momentum of gradient descent, or AdamW's first beta; a schedule may vary around it.</summary>
    public required double Momentum { get; init; }

    /// <summary>Weight decay.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Largest norm of the gradients; 0 for any.</summary>
    public double MaxGradientNorm { get; init; }

    /// <summary>Decay of the weights' moving average; 0 for none.</summary>
    public double AverageDecay { get; init; }

    /// <summary>Learning rate and momentum by step, for a number of steps an epoch.</summary>
    public required Func<int, LearningRateSchedule> Schedule { get; init; }

    /// <summary>The option that sets the learning rate.</summary>
    public required string RateOption { get; init; }

    /// <summary>The phase that trains the head alone: regularised logistic regression, by Adam along a cosine.</summary>
    public static PhaseRecipe OfHead(TrainingRecipe recipe) => new()
    {
        Phase = TrainingPhase.Head,
        Epochs = recipe.HeadEpochs,
        LaterEpochs = recipe.Epochs,
        Optimizer = TrainingOptimizer.Adam,
        Momentum = HeadMomentum,
        WeightDecay = recipe.HeadWeightDecay,
        Schedule = steps => new CosineSchedule(recipe.HeadLearningRate, HeadMomentum, warmupSteps: 0, recipe.HeadEpochs * steps),
        RateOption = nameof(ImageTrainingOptions.HeadLearningRate),
    };

    /// <summary>The phase that trains the network, or its last blocks.</summary>
    public static PhaseRecipe OfNetwork(TrainingRecipe recipe, TrainingPhase phase) => new()
    {
        Phase = phase,
        Epochs = recipe.Epochs,
        Optimizer = recipe.Optimizer,
        Momentum = recipe.Momentum,
        WeightDecay = recipe.WeightDecay,
        MaxGradientNorm = recipe.MaxGradientNorm,
        AverageDecay = recipe.AverageDecay,
        Schedule = steps => LearningRateSchedule.Create(
            recipe.Schedule, recipe.LearningRate, recipe.Momentum, recipe.WarmupEpochs * steps, recipe.Epochs * steps),
        RateOption = nameof(ImageTrainingOptions.LearningRate),
    };
}
