using MLVision.MLNetExtensions.Model;

namespace MLVision.MLNetExtensions.Quantization.Accuracy;

/// <summary>A quantised model, the layers it has in float, and how it scores; null where that is not measured.</summary>
internal sealed record Int8Candidate(ModelProto Model, IReadOnlyList<string> FloatLayers, ModelScores? Scores);
