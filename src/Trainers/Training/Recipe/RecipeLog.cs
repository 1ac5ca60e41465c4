using System.Globalization;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Words;
using MLVision.Trainers.Options;

namespace MLVision.Trainers.Training.Recipe;

/// <summary>The log line that says how a training is done.</summary>
internal static partial class RecipeLog
{
    /// <summary>Logs the recipe with all its final values on one line.</summary>
    public static void Chosen(ILogger logger, TrainingRecipe recipe) => Chosen(logger, Describe(recipe));

    /// <summary>The recipe on one line.</summary>
    public static string Describe(TrainingRecipe recipe)
    {
        var trainsNetwork = recipe.Epochs > 0;
        var trained = recipe is { FineTuning: FineTuning.TwoPhase, UnfrozenBlocks: { } blocks }
            ? (blocks == 1 ? "the last block" : $"the last {blocks} blocks") : "everything";
        var smoothing = trainsNetwork ? recipe.LabelSmoothing : recipe.HeadLabelSmoothing;
        var parts = new (bool IsDone, FormattableString Text)[]
        {
            (recipe.HeadEpochs > 0, $"the last layer alone, {Counted.Of(recipe.HeadEpochs, "epoch")} at up to {recipe.HeadLearningRate}"),
            (trainsNetwork,
                $"{trained}, {Epochs(recipe)} by {recipe.Optimizer} at up to {recipe.LearningRate} ({recipe.Schedule})"),
            (trainsNetwork && recipe.WarmupSteps > 0, $"the rate rises for {Counted.Of(recipe.WarmupSteps, "step")}"),
            (recipe.IsLengthened, $"more epochs than the preset's, because few images make few steps"),
            (trainsNetwork && recipe.MaxGradientNorm > 0, $"gradients clipped to {recipe.MaxGradientNorm}"),
            (trainsNetwork && recipe.AverageDecay > 0, $"weights averaged with {recipe.AverageDecay}"),
            (recipe.ClassBalance != ClassBalance.None, $"classes balanced by {recipe.ClassBalance}"),
            (smoothing > 0, $"labels smoothed by {smoothing}"),
            (true, $"batches of {recipe.BatchSize}"),
            (true, $"augmentation: {recipe.Augmentation}"),
        };
        return string.Join("; ", parts.Where(part => part.IsDone).Select(part => part.Text.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Epochs(TrainingRecipe recipe) => Counted.Of(recipe.Epochs, "epoch");

    [LoggerMessage(LogLevel.Information, "Recipe: {recipe}.")]
    private static partial void Chosen(ILogger logger, string recipe);
}
