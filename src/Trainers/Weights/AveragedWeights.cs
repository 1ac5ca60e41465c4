using System.Text.RegularExpressions;
using MLVision.Trainers.Weights.Files;

namespace MLVision.Trainers.Weights;

/// <summary>Recognises weights averaged over a training, by the names that training scripts give them.</summary>
internal static partial class AveragedWeights
{
    // Exponential and stochastic weight averaging; a teacher is its student's average (Tarvainen and Valpola 2017, arXiv:1703.01780).
    private static readonly HashSet<string> Words = new(
        ["ema", "swa", "average", "averaged", "avg", "polyak", "shadow", "teacher"], StringComparer.OrdinalIgnoreCase);

    // torch.optim.swa_utils.AveragedModel counts the averaged models in this buffer.
    private const string Counter = "n_averaged";

    /// <summary>Whether the weights under a prefix are an average.</summary>
    public static bool Are(string prefix, WeightsFile checkpoint) =>
        Word().Matches(prefix).Any(word => Words.Contains(word.Value))
        || Around(prefix).Any(outer => checkpoint.Tensors.ContainsKey(outer + Counter));

    private static IEnumerable<string> Around(string prefix)
    {
        for (var dot = prefix.LastIndexOf('.'); dot >= 0; dot = dot > 0 ? prefix.LastIndexOf('.', dot - 1) : -1)
        {
            yield return prefix[..(dot + 1)];
        }

        yield return "";
    }

    /// <summary>The words in names such as <c>model_ema</c>, <c>emaModel</c>, <c>netEMA</c> and <c>ema0.999</c>.</summary>
    [GeneratedRegex(@"\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+")]
    private static partial Regex Word();
}
