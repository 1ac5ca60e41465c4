namespace Web.Pages;

/// <summary>What a form of the site proves its origin by.</summary>
/// <param name="Field">Name of its hidden field.</param>
/// <param name="Value">The token.</param>
public sealed record FormToken(string Field, string Value);
