namespace Web.Models;

/// <summary>A model in the list of models.</summary>
/// <param name="Name">What it is called in requests: <c>/predict?model=NAME</c>.</param>
/// <param name="IsFirst">Whether it answers where none is named.</param>
internal sealed record ModelName(string Name, bool IsFirst);
