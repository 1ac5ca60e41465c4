using System.CommandLine;
using System.CommandLine.Parsing;

namespace MLVision.Cli.Options;

/// <summary>An option that takes a number. All of them read it by <see cref="NumberText"/>, in every verb.</summary>
internal static class NumberOption
{
    /// <summary>One that takes a whole number, and is null if it is not given.</summary>
    /// <param name="name">Name of the option, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    public static Option<int?> Whole(string name, string description) =>
        new(name) { Description = description, CustomParser = argument => ReadWhole(name, argument) };

    /// <summary>One that takes a whole number.</summary>
    /// <param name="name">Name of the option, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="otherwise">Its value if it is not given.</param>
    public static Option<int> Whole(string name, string description, int otherwise) => new(name)
    {
        Description = description,
        CustomParser = argument => ReadWhole(name, argument).GetValueOrDefault(),
        DefaultValueFactory = _ => otherwise,
    };

    /// <summary>One that takes a number with or without a fraction, and is null if it is not given.</summary>
    /// <param name="name">Name of the option, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    public static Option<double?> Real(string name, string description) =>
        new(name) { Description = description, CustomParser = argument => ReadReal(name, argument) };

    /// <summary>One that takes a number with or without a fraction.</summary>
    /// <param name="name">Name of the option, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    /// <param name="otherwise">Its value if it is not given.</param>
    public static Option<double> Real(string name, string description, double otherwise) => new(name)
    {
        Description = description,
        CustomParser = argument => ReadReal(name, argument).GetValueOrDefault(),
        DefaultValueFactory = _ => otherwise,
    };

    private static int? ReadWhole(string name, ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (NumberText.TryReadWhole(text, out var number))
        {
            return number;
        }

        argument.AddError(NumberText.WhyNotWhole(name, text));
        return null;
    }

    private static double? ReadReal(string name, ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (NumberText.TryReadReal(text, out var number))
        {
            return number;
        }

        argument.AddError(NumberText.WhyNotReal(name, text));
        return null;
    }
}
