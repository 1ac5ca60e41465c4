using System.Collections.Concurrent;
using System.Numerics.Tensors;
using MLVision.MLNetExtensions.Doctor.Pictures;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Finds images that are the same, or look nearly the same, and groups them.</summary>
/// <remarks>
/// The same: equal files, or equal sizes and equal squares of pixels. Nearly the same: perceptual hashes that differ in few bits, confirmed
/// by the cosine of the features, which must be the higher the more bits differ. All pairs are compared; that is 12 million for 5,000
/// images, which takes a tenth of a second.
/// </remarks>
/// <param name="survey">The images.</param>
internal sealed class DuplicateSearch(ImageSurvey survey)
{
    /// <summary>A picture of less contrast has a hash of noise.</summary>
    private const double LeastContrast = 0.02;

    /// <summary>Differing bits of what counts as the same picture without features to confirm it.</summary>
    private const int MostBitsAlone = 4;

    /// <summary>Differing bits that are allowed however alike the hashes of unrelated pictures are.</summary>
    private const int FewestBits = 2;

    /// <summary>How many standard deviations below the usual distance no unrelated pair among millions lies.</summary>
    private const double Deviations = 5.2;
    private const int SampledPairs = 100_000;
    private const int FewestPairs = 1_000;

    /// <summary>
    /// Least cosine by half the number of differing bits, which is even: as many bits are set in every hash. Measured on photographs of
    /// flowers: copies that were saved badly, halved, darkened, cut or turned a little are above; unrelated pairs differ in 16 bits and
    /// more.
    /// </summary>
    private static readonly float[] LeastCosine = [0.5f, 0.5f, 0.7f, 0.88f, 0.92f, 0.95f];

    private readonly int[] _group = [.. Enumerable.Range(0, survey.Images.Count)];

    /// <summary>
    /// What holds the groups together: one link fewer than a group has images, each to an earlier image. An image may have several, to
    /// images that are not alike among themselves.
    /// </summary>
    public List<DuplicateLink> Links { get; } = [];

    /// <summary>The group of an image: the index of the group's first.</summary>
    public int GroupOf(int index)
    {
        while (_group[index] != index)
        {
            index = _group[index] = _group[_group[index]];
        }

        return index;
    }

    /// <summary>How alike two images are, 0 to 1; 1 for equal ones.</summary>
    public double Similarity(int a, int b)
    {
        var (first, second) = (survey.Seen[a], survey.Seen[b]);
        var isSame = first.FileDigest == second.FileDigest
            || (first.Width == second.Width && first.Height == second.Height && first.Picture!.PixelDigest == second.Picture!.PixelDigest);
        var similarity = isSame ? 1 : survey.HasFeatures ? TensorPrimitives.Dot(survey.FeaturesOf(a), survey.FeaturesOf(b))
            : 1 - ((float)PerceptualHash.Distance(first.Picture!.Hash, second.Picture!.Hash) / PerceptualHash.Bits);
        return Math.Clamp(similarity, 0, 1);
    }

    /// <summary>Searches.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var files = Distinct(survey.Readable, index => survey.Seen[index].FileDigest);
        var pictures = Distinct(files, index =>
            (survey.Seen[index].Width, survey.Seen[index].Height, survey.Seen[index].Picture!.PixelDigest));
        int[] hashed = [.. pictures.Where(index => survey.Seen[index].Picture!.Contrast >= LeastContrast)];
        ulong[] hashes = [.. hashed.Select(index => survey.Seen[index].Picture!.Hash)];
        var (found, most) = (new ConcurrentBag<DuplicateLink>(), MostBits(hashes));
        ParallelItems.ForEach(
            hashed.Length, Environment.ProcessorCount, later => Compare(hashed, hashes, later, most, found), cancellationToken);
        foreach (var link in found.OrderBy(link => link.Image).ThenByDescending(link => link.Similarity).ThenBy(link => link.Other))
        {
            if (GroupOf(link.Image) != GroupOf(link.Other))
            {
                Join(link);
            }
        }
    }

    /// <summary>The first image of each key; the others are linked to it.</summary>
    private List<int> Distinct<TKey>(IEnumerable<int> images, Func<int, TKey> keyOf)
        where TKey : notnull
    {
        var (first, distinct) = (new Dictionary<TKey, int>(), new List<int>());
        foreach (var index in images)
        {
            if (first.TryAdd(keyOf(index), index))
            {
                distinct.Add(index);
            }
            else
            {
                Join(new DuplicateLink(index, first[keyOf(index)], 1, IsExact: true));
            }
        }

        return distinct;
    }

    private void Join(DuplicateLink link)
    {
        Links.Add(link);
        var (a, b) = (GroupOf(link.Image), GroupOf(link.Other));
        _group[Math.Max(a, b)] = Math.Min(a, b);
    }

    /// <summary>
    /// How many bits may differ. Among pictures of simple shapes, such as single garments, unrelated ones often have similar hashes: then
    /// fewer.
    /// </summary>
    private int MostBits(ulong[] hashes)
    {
        var most = survey.HasFeatures ? 2 * (LeastCosine.Length - 1) : MostBitsAlone;
        var pairs = (long)hashes.Length * (hashes.Length - 1) / 2;
        if (pairs < FewestPairs)
        {
            return most;
        }

        var random = new Random(1);
        var distances = new double[(int)Math.Min(pairs, SampledPairs)];
        for (var pair = 0; pair < distances.Length; pair++)
        {
            var (a, b) = (random.Next(hashes.Length), random.Next(hashes.Length - 1));
            distances[pair] = PerceptualHash.Distance(hashes[a], hashes[b < a ? b : b + 1]);
        }

        // Duplicates are among the pairs that are nearer than usual, so the spread comes from the others.
        var median = Quantiles.Median(distances);
        var spread = Math.Sqrt(distances.Where(distance => distance >= median).Average(distance => Math.Pow(distance - median, 2)));
        return (int)Math.Clamp(median - (Deviations * spread), FewestBits, most);
    }

    /// <summary>Compares an image with all earlier ones.</summary>
    private void Compare(int[] images, ulong[] hashes, int later, int most, ConcurrentBag<DuplicateLink> found)
    {
        var hash = hashes[later];
        for (var earlier = 0; earlier < later; earlier++)
        {
            var bits = PerceptualHash.Distance(hash, hashes[earlier]);
            if (bits > most)
            {
                continue;
            }

            var similarity = Similarity(images[later], images[earlier]);
            if (!survey.HasFeatures || similarity >= LeastCosine[(bits + 1) / 2])
            {
                found.Add(new DuplicateLink(images[later], images[earlier], similarity, IsExact: false));
            }
        }
    }
}
