namespace MLVision.MLNetExtensions;

/// <summary>An option has a value that it cannot have.</summary>
/// <remarks>
/// <see cref="ArgumentException.ParamName"/> is the name of the public property that holds the value, such as <c>BatchSize</c>. Other
/// exceptions of this kind are mistakes in code, those of .NET's own among them; this one is a mistake in what was asked for.
/// </remarks>
/// <param name="option">Name of the property.</param>
/// <param name="value">The value.</param>
/// <param name="message">What was expected, what came, and the remedy.</param>
public sealed class OptionOutOfRangeException(string option, object? value, string message)
    : ArgumentOutOfRangeException(option, value, message)
{
    /// <summary>Throws unless a value is in its range.</summary>
    /// <param name="isValid">Whether it is.</param>
    /// <param name="option">Name of the property.</param>
    /// <param name="value">The value.</param>
    /// <param name="expected">What it must be, to go behind "must be".</param>
    /// <exception cref="OptionOutOfRangeException">It is not.</exception>
    public static void ThrowUnless(bool isValid, string option, object? value, string expected)
    {
        if (!isValid)
        {
            throw new OptionOutOfRangeException(option, value, $"{option} must be {expected}.");
        }
    }
}
