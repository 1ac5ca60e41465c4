using System.Diagnostics;
using MLVision.Trainers.Training.Batches;
using MLVision.Trainers.Training.Results;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training;

/// <summary>Measures what is trained on held-out inputs.</summary>
/// <param name="learner">What is trained.</param>
/// <param name="inputs">The inputs; there may be none.</param>
/// <param name="cancellationToken">Noticed at the next batch.</param>
internal sealed class HeldOutCheck(Learner learner, IBatches inputs, CancellationToken cancellationToken)
{
    /// <summary>Adds the results of the current weights to an epoch; nothing if there are no inputs.</summary>
    public EpochSummary Add(EpochSummary summary, Objective objective)
    {
        if (inputs.Count == 0)
        {
            return summary;
        }

        var watch = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        var losses = zeros([], ScalarType.Float64, inputs.Device);      // summed there, and read once: reading waits for the device
        var correct = zeros([], ScalarType.Int64, inputs.Device);
        ForEachBatch((logits, labels) =>
        {
            losses.add_(objective.ValidationLoss(logits, labels));
            correct.add_(objective.Correct(logits, labels));
        });
        return summary with
        {
            ValidationLoss = losses.item<double>() / inputs.Count,
            ValidationAccuracy = (double)correct.item<long>() / inputs.Count,
            ValidationSeconds = watch.Elapsed.TotalSeconds,
        };
    }

    /// <summary>The logits of all inputs, in order: [inputs, classes], on the CPU. The caller owns them.</summary>
    public Tensor Logits()
    {
        using var scope = NewDisposeScope();
        var batches = new List<Tensor>();
        ForEachBatch((logits, _) => batches.Add(logits.to(ScalarType.Float32).cpu().MoveToOuterDisposeScope()));
        return cat(batches).MoveToOuterDisposeScope();
    }

    private void ForEachBatch(Action<Tensor, Tensor> use)
    {
        using var untracked = no_grad();
        learner.Evaluate();
        foreach (var batch in inputs.InOrder())
        {
            using var fetched = batch;
            using var scope = NewDisposeScope();
            cancellationToken.ThrowIfCancellationRequested();
            use(learner.Logits(batch.Images), batch.Labels);
        }
    }
}
