using System.CommandLine;
using System.Reflection;
using MLVision.Trainers.Options;

namespace MLVision.Cli.Options;

/// <summary>A flag that sets one option of a training. Type, default and range are the option's own.</summary>
internal sealed class TrainingFlag
{
    private static readonly ImageTrainingOptions Defaults = new();

    private readonly PropertyInfo _property;
    private readonly Func<ParseResult, object?> _read;

    private TrainingFlag(string property, Option option, Func<ParseResult, object?> read) =>
        (_property, Option, _read) = (Property(property), option, read);

    /// <summary>The flag.</summary>
    public Option Option { get; }

    /// <summary>Name of the option that it sets.</summary>
    public string Sets => _property.Name;

    /// <summary>A flag that is read as it is.</summary>
    /// <param name="property">The option that it sets.</param>
    /// <param name="option">The flag.</param>
    public static TrainingFlag Of<T>(string property, Option<T> option) => new(property, option, parsed => parsed.GetValue(option));

    /// <summary>A flag whose value is not the option's yet.</summary>
    /// <param name="property">The option that it sets.</param>
    /// <param name="option">The flag.</param>
    /// <param name="read">Makes the option's value of what was given.</param>
    public static TrainingFlag Of<T>(string property, Option<T> option, Func<ParseResult, object?> read) => new(property, option, read);

    /// <summary>A flag that takes a text.</summary>
    /// <param name="property">The option that it sets.</param>
    /// <param name="name">Name of the flag, with its dashes.</param>
    /// <param name="kind">What the text is, such as a file.</param>
    /// <param name="description">What it decides.</param>
    public static TrainingFlag Text(string property, string name, string kind, string description) =>
        Of(property, new Option<string?>(name) { HelpName = kind, Description = description });

    /// <summary>A flag that stands alone.</summary>
    /// <inheritdoc cref="Number"/>
    public static TrainingFlag Switch(string property, string name, string description) =>
        Of(property, new Option<bool>(name) { Description = description });

    /// <summary>A flag that takes a number, whole or not, as the option does.</summary>
    /// <param name="property">The option that it sets.</param>
    /// <param name="name">Name of the flag, with its dashes.</param>
    /// <param name="description">What it decides.</param>
    public static TrainingFlag Number(string property, string name, string description)
    {
        var option = Property(property);
        return option.GetValue(Defaults) switch
        {
            int otherwise => Of(property, NumberOption.Whole(name, description, otherwise)),
            double otherwise => Of(property, NumberOption.Real(name, description, otherwise)),
            _ when option.PropertyType == typeof(int?) => Of(property, NumberOption.Whole(name, description)),
            _ => Of(property, NumberOption.Real(name, description)),
        };
    }

    /// <summary>Sets the option; where the flag was not given, its default stays.</summary>
    public void Set(ImageTrainingOptions options, ParseResult parsed)
    {
        if (_read(parsed) is { } value)
        {
            _property.SetValue(options, value);
        }
    }

    private static PropertyInfo Property(string name) => typeof(ImageTrainingOptions).GetProperty(name)!;
}
