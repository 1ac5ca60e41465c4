using MLVision.Trainers.Training.Remembered;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Trust;

/// <summary>Makes of features what a model needs to say how familiar an image is.</summary>
/// <remarks>
/// An image's similarity is the mean cosine to the nearest of its predicted class's prototypes. Signed square roots of features are
/// compared, not features, so that a few large ones do not decide alone (Perronnin et al. 2010, §3.1, "Improving the Fisher kernel for
/// large-scale image classification"). Its familiarity is the conformal p-value (1 + known images that are no more similar) / (1 + known
/// images): of images like the known ones, at most a share of p has one of p or less (Vovk et al. 2005, "Algorithmic learning in a random
/// world", §2.2).
/// </remarks>
internal static class FamiliarityFit
{
    private const int MostNearest = 5;
    private const int MostPrototypesPerClass = 32;
    private const int MostPrototypes = 4096;    // of 2,048 features: 34 MB, and 0.2 % of a ResNet-50's multiplications
    private const int MostKnots = 4096;
    private const int RowsAtOnce = 1024;

    // Where fewer are held out, those that were trained on serve, too, if only the last layer was.
    private const int FewHeldOut = 50;

    /// <summary>Prototypes that a class may have.</summary>
    public static int PrototypesPerClass(int classes) => Math.Clamp(MostPrototypes / classes, 1, MostPrototypesPerClass);

    /// <summary>Makes the reference.</summary>
    /// <param name="prototypes">Features of training images, <see cref="PrototypesPerClass"/> of a class at most.</param>
    /// <param name="heldOut">Features of images that were not trained on.</param>
    /// <param name="head">The last layer, which predicts the class of each.</param>
    /// <param name="isBackboneFrozen">
    /// Whether only the last layer was trained. Then training images are no closer to each other than new ones are, and each is compared
    /// with the others where few are held out.
    /// </param>
    public static FamiliarityReference Find(FeatureRows prototypes, FeatureRows heldOut, Linear head, bool isBackboneFrozen)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var leavesOneOut = isBackboneFrozen && heldOut.Count < FewHeldOut;
        var smallest = prototypes.Classes.CountBy(label => label).Min(count => count.Value);
        var nearest = Math.Clamp(leavesOneOut ? smallest - 1 : smallest, 1, MostNearest);
        var directions = Direction(Rows(prototypes));
        var classes = Integers(prototypes.Classes);
        float[] known = [.. Similarities(heldOut, false), .. leavesOneOut ? Similarities(prototypes, true) : []];
        known = [.. known.Where(similarity => similarity >= -1).Order()];     // of a class without other prototypes it says nothing
        var knots = FeatureRows.Spread(known.Length, MostKnots).Select(place => known[place]).ToArray();
        return new FamiliarityReference(
            directions.cpu().data<float>().ToArray(), prototypes.Classes, nearest, knots.Length > 0 ? knots : [FamiliarityReference.Other]);

        // Row by row; prototypes are compared with all others.
        List<float> Similarities(FeatureRows rows, bool arePrototypes)
        {
            var found = new List<float>();
            var predicted = HeadLogits.Of(head, rows);
            for (var start = 0; start < rows.Count; start += RowsAtOnce)
            {
                using var part = NewDisposeScope();
                int[] places = [.. Enumerable.Range(start, Math.Min(RowsAtOnce, rows.Count - start))];
                var cosines = Direction(Rows(rows.Only(places))).matmul(directions.t());
                var best = Integers([.. places.Select(place => MLNetExtensions.Model.Decision.Best(predicted.Row(place)))]);
                cosines = where(best.unsqueeze(1).eq(classes), cosines, FamiliarityReference.Other);
                if (arePrototypes)
                {
                    cosines = where(Integers(places).unsqueeze(1).ne(arange(prototypes.Count)), cosines, FamiliarityReference.Other);
                }

                found.AddRange(cosines.topk(nearest, dim: 1).values.mean([1L]).data<float>().ToArray());
            }

            return found;
        }
    }

    /// <summary>Signed square roots of features, scaled to a length of 1: [N, features] → [N, features].</summary>
    public static Tensor Direction(Tensor features)
    {
        var roots = features.sign() * features.abs().sqrt();
        return roots / roots.norm(1, keepdim: true, p: 2).clamp_min(1e-12);
    }

    private static Tensor Rows(FeatureRows rows) => tensor(rows.Values).view(rows.Count, rows.Width);

    private static Tensor Integers(IReadOnlyList<int> values) => tensor([.. values.Select(value => (long)value)]);
}
