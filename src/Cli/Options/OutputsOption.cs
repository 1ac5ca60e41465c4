using System.CommandLine;
using MLVision.MLNetExtensions.Model;

namespace MLVision.Cli.Options;

/// <summary>The option <c>--outputs</c>: a list of what a model gives beside its scores.</summary>
internal static class OutputsOption
{
    private const string Name = "--outputs";

    private static readonly (string Word, ModelOutputs Output)[] Words =
        [.. Enum.GetValues<ModelOutputs>().Where(output => output != ModelOutputs.None)
            .Select(output => (output.ToString().ToLowerInvariant(), output))];

    /// <summary>The words that its list is made of.</summary>
    public static IEnumerable<string> All => Words.Select(word => word.Word);

    /// <summary>The option; none where it is not given.</summary>
    public static Option<ModelOutputs> Create()
    {
        var words = string.Join(',', Words.Select(word => word.Word));
        return new Option<ModelOutputs>(Name)
        {
            Description = "What the model gives beside scores: a list of these; without it nothing.",
            HelpName = words,
            CustomParser = argument =>
            {
                var outputs = ModelOutputs.None;
                foreach (var word in argument.Tokens[0].Value.Split(','))
                {
                    if (Array.Find(Words, known => known.Word == word.Trim()) is not { Word: not null } found)
                    {
                        argument.AddError($"{Name} has '{word}'; expected some of {words}, with commas between them.");
                        return ModelOutputs.None;
                    }

                    outputs |= found.Output;
                }

                return outputs;
            },
        };
    }
}
