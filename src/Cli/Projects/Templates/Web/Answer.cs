// Written by `mlvision new --web`.

namespace {{Namespace}};

/// <summary>What the service says of an image.</summary>
/// <param name="Label">The most probable class.</param>
/// <param name="Probability">Its probability, 0..1.</param>
{{if HasFamiliarity}}
/// <param name="Familiarity">The share of known images that are as strange or stranger. Near 0, it is none of the classes.</param>
{{end}}
/// <param name="Scores">The probability of every class, the most probable one first.</param>
public sealed record Answer(
    string Label,
    float Probability,
{{if HasFamiliarity}}
    float Familiarity,
{{end}}
    IReadOnlyDictionary<string, float> Scores)
{
    /// <summary>Makes the answer of what the model gave.</summary>
    public static Answer Of({{Class}}.ModelOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var scores = new OrderedDictionary<string, float>();
        foreach (var (label, probability) in {{Class}}.GetSortedScoresWithLabels(output))
        {
            scores.TryAdd(label, probability);
        }

        return new Answer(
            output.PredictedLabel,
            output.Score.Max(),
{{if HasFamiliarity}}
            output.Familiarity[0],
{{end}}
            scores);
    }
}
