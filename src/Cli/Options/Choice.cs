using System.CommandLine;

namespace MLVision.Cli.Options;

/// <summary>An option that takes one of a few words.</summary>
internal static class Choice
{
    /// <summary>The word of an option that stands for a value; null where the option takes no words, or none stands for it.</summary>
    /// <param name="option">The option.</param>
    /// <param name="value">Name of the value in the library.</param>
    public static string? WordFor(Option option, string value) => (option as IWords)?.WordFor(value);

    /// <summary>The words of an option; null where it takes none.</summary>
    public static IReadOnlyList<string>? WordsOf(Option option) => (option as IWords)?.Words;

    /// <summary>Makes one. If it is not given, its value is the default of <typeparamref name="T"/>.</summary>
    /// <param name="name">Name of the option, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="choices">The words, and what each stands for.</param>
    public static Option<T> Of<T>(string name, string description, params (string Word, T Value)[] choices)
    {
        var words = choices.Select(choice => choice.Word).ToList();
        return new OneOf<T>(name, choices)
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
                argument.AddError(Suggestion.Nearest(word, words) is { } nearest
                    ? $"{name} is '{word}': did you mean '{nearest}'?"
                    : $"{name} is '{word}'; expected {before}{words[^1]}.");
                return default;
            },
        };
    }

    private interface IWords
    {
        IReadOnlyList<string> Words { get; }

        string? WordFor(string value);
    }

    private sealed class OneOf<T>(string name, IReadOnlyList<(string Word, T Value)> choices) : Option<T>(name), IWords
    {
        public IReadOnlyList<string> Words { get; } = [.. choices.Select(choice => choice.Word)];

        public string? WordFor(string value) => choices.FirstOrDefault(choice => choice.Value?.ToString() == value).Word;
    }
}
