using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>A quantised model, its float layers, and its scores; null if they are not measured.</summary>
internal sealed record Int8Candidate(ModelProto Model, IReadOnlyList<string> FloatLayers, ModelScores? Scores);
