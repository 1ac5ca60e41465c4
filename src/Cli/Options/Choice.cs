using System.CommandLine;

namespace MLVision.Cli.Options;

/// <summary>An option that takes one of a few words.</summary>
internal static class Choice
{
    /// <summary>Makes one. Where it is not given, its value is the default of <typeparamref name="T"/>.</summary>
    /// <param name="name">Name of the option, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="choices">The words, and what each stands for.</param>
    public static Option<T> Of<T>(string name, string description, params (string Word, T Value)[] choices)
    {
        var words = choices.Select(choice => choice.Word).ToList();
        return new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = argument =>
            {
                var word = argument.Tokens[0].Value;
                if (words.IndexOf(word) is >= 0 and var index)
                {
                    return choices[index].Value;
                }

                var before = words.Count > 1 ? $"{string.Join(", ", words.SkipLast(1))} or " : "";
                argument.AddError($"{name} is '{word}'; expected {before}{words[^1]}.");
                return default;
            },
        };
    }
}
