using System.CommandLine;
using System.CommandLine.Parsing;

namespace MLVision.Cli.Options;

/// <summary>The options that say more about --weights, of the verbs that take it.</summary>
internal static class StartingWeights
{
    private const int Channels = 3;

    /// <summary>--weights-key.</summary>
    public static Option<string?> Key() => new("--weights-key")
    {
        HelpName = "name",
        Description = "Where in the file of --weights they lie, such as state_dict_ema; without it those that fit, averaged ones first.",
    };

    /// <summary>--mean.</summary>
    public static Option<float[]?> Mean() =>
        ChannelValues(
            "--mean", "Mean of red, green and blue that pixels are normalised by, 0 to 1; without it the weights' own, or ImageNet's.");

    /// <summary>--std.</summary>
    public static Option<float[]?> StandardDeviation() =>
        ChannelValues("--std", "Standard deviation of red, green and blue likewise, above 0 and up to 1.");

    /// <summary>The values of an option, or null where it is not given, which the parser makes an empty list of.</summary>
    public static float[]? Read(ParseResult parsed, Option<float[]?> option) =>
        parsed.GetValue(option) is { Length: > 0 } values ? values : null;

    /// <summary>A number for each colour channel, parted by commas or spaces; one stands for all three.</summary>
    private static Option<float[]?> ChannelValues(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "R,G,B",
        Arity = new ArgumentArity(1, Channels),
        AllowMultipleArgumentsPerToken = true,
        CustomParser = argument => Parse(name, argument),
    };

    private static float[]? Parse(string name, ArgumentResult argument)
    {
        var text = string.Join(' ', argument.Tokens.Select(token => token.Value));
        var parts = text.Replace(", ", ",", StringComparison.Ordinal).Split([',', ' ']);
        var values = parts.Select(part => NumberText.TryReadReal(part, out var value) ? (float)value : float.NaN).ToArray();
        if (values.Length is 1 or Channels && values.All(float.IsFinite))
        {
            return values.Length == 1 ? [.. Enumerable.Repeat(values[0], Channels)] : values;
        }

        argument.AddError($"{name} is '{text}'; write one number or three, with points, separated by commas: 0.485,0.456,0.406.");
        return null;
    }
}
