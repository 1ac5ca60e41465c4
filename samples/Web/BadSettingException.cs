namespace Web;

/// <summary>An argument or a line of the configuration that cannot be meant.</summary>
/// <param name="message">What was expected, what came, and the remedy.</param>
internal sealed class BadSettingException(string message) : Exception(message);
