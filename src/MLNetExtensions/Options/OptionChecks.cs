using System.Globalization;
using System.Reflection;

namespace MLVision.MLNetExtensions.Options;

/// <summary>Checks options at the public doors.</summary>
internal static class OptionChecks
{
    /// <summary>
    /// Throws unless every number is in the range that stands on it (<see cref="NumberAttribute"/>) and every choice is one of its type's;
    /// null is for what is left open.
    /// </summary>
    /// <exception cref="OptionOutOfRangeException">An option is out of range.</exception>
    public static void ThrowUnlessInRange(object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            if (value is not null && property.GetCustomAttribute<NumberAttribute>() is { } range)
            {
                Require(range.Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture)), property.Name, value, range.Words);
            }
            else if (value is Enum choice)
            {
                Require(IsChoice(choice), property.Name, value, OneOf(Enum.GetNames(value.GetType())));
            }
        }
    }

    /// <summary>Throws unless an option is as it must be, in the same words.</summary>
    /// <param name="isRight">Whether it is.</param>
    /// <param name="name">Name of the option.</param>
    /// <param name="value">Its value.</param>
    /// <param name="expected">What follows "must be".</param>
    /// <exception cref="OptionOutOfRangeException">It is not.</exception>
    public static void Require(bool isRight, string name, object? value, string expected) =>
        OptionOutOfRangeException.ThrowUnless(isRight, name, value, expected);

    /// <summary>Whether a value is one of its type's, or of a type of flags a set of them.</summary>
    private static bool IsChoice(Enum value)
    {
        var type = value.GetType();
        if (!type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            return Enum.IsDefined(type, value);
        }

        var known = Enum.GetValuesAsUnderlyingType(type).Cast<int>().Aggregate(0, (all, flag) => all | flag);
        return (Convert.ToInt32(value, CultureInfo.InvariantCulture) & ~known) == 0;
    }

    private static string OneOf(string[] names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}
