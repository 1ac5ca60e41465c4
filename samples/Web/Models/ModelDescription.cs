using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;

namespace Web.Models;

/// <summary>What is said of a model.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Architecture">Its architecture.</param>
/// <param name="ImageSize">Width and height in pixels of what it sees.</param>
/// <param name="Labels">Its classes.</param>
/// <param name="HasHeat">Whether <c>/explain</c> draws why.</param>
/// <param name="HasFamiliarity">Whether answers say how familiar an image is.</param>
public sealed record ModelDescription(
    string Name, string Architecture, int ImageSize, IReadOnlyList<string> Labels, bool HasHeat, bool HasFamiliarity)
{
    /// <summary>The facts of a model that is loaded.</summary>
    public static ModelDescription Of(string name, ImageClassifier classifier) => new(
        name, classifier.Metadata.Architecture, classifier.Metadata.ImageSize, classifier.Labels,
        classifier.Outputs.HasFlag(ModelOutputs.Heat), classifier.Outputs.HasFlag(ModelOutputs.Familiarity));
}
