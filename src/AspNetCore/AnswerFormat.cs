using System.Text.Json.Serialization;

namespace MLVision.AspNetCore;

/// <summary>How answers are written, whatever the application's own settings do to names.</summary>
[JsonSerializable(typeof(ImageClassifierAnswer))]
internal sealed partial class AnswerFormat : JsonSerializerContext;
