namespace Web.Models;

/// <summary>A model that can be asked.</summary>
/// <param name="Name">What it is called, in requests and on the page.</param>
/// <param name="Path">Its file.</param>
/// <param name="IsFirst">Whether it answers where no model is named.</param>
public sealed record ModelFile(string Name, string Path, bool IsFirst);
