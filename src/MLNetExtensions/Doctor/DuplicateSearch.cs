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

    /// <summary>The cosine that is asked for where features of unrelated pictures are alike, too.</summary>
    private const float HighCosine = 0.95f;

    /// <summary>Differing bits that are allowed however alike the hashes of unrelated pictures are.</summary>
    private const int FewestBits = 2;

    /// <summary>How many standard deviations below the usual distance no unrelated pair among millions lies.</summary>
    private const double Deviations = 5.2;
    private const int SampledPairs = 100_000;

    /// <summary>Of normally distributed values, this share lies below the mean by so many standard deviations.</summary>
    private const double LowShare = 0.05;
    private const double LowDeviations = 1.645;
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
        var (found, least) = (new ConcurrentBag<DuplicateLink>(), LeastCosines(hashes));
        ParallelItems.ForEach(
            hashed.Length, Environment.ProcessorCount, later => Compare(hashed, hashes, later, least, found), cancellationToken);
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
    /// The least cosine by half the number of bits that differ; more bits must not. Among pictures of simple shapes, such as single
    /// garments, unrelated ones often have similar hashes and features: then fewer bits, and a high cosine.
    /// </summary>
    private float[] LeastCosines(ulong[] hashes)
    {
        float[] usual = survey.HasFeatures ? LeastCosine : new float[(MostBitsAlone / 2) + 1];
        var pairs = (long)hashes.Length * (hashes.Length - 1) / 2;
        if (pairs < FewestPairs)
        {
            return usual;
        }

        var random = new Random(1);
        var distances = new double[(int)Math.Min(pairs, SampledPairs)];
        for (var pair = 0; pair < distances.Length; pair++)
        {
            var (a, b) = (random.Next(hashes.Length), random.Next(hashes.Length - 1));
            distances[pair] = PerceptualHash.Distance(hashes[a], hashes[b < a ? b : b + 1]);
        }

        // The spread comes from a quantile, because the duplicates themselves, which are fewer, would widen it.
        Array.Sort(distances);
        var median = distances[distances.Length / 2];
        var spread = (median - distances[(int)(LowShare * distances.Length)]) / LowDeviations;
        var most = (int)Math.Max(median - (Deviations * spread), FewestBits);
        return most / 2 >= usual.Length - 1 ? usual : [.. Enumerable.Repeat(survey.HasFeatures ? HighCosine : 0, (most / 2) + 1)];
    }

    /// <summary>Compares an image with all earlier ones.</summary>
    private void Compare(int[] images, ulong[] hashes, int later, float[] least, ConcurrentBag<DuplicateLink> found)
    {
        var hash = hashes[later];
        for (var earlier = 0; earlier < later; earlier++)
        {
            var half = (PerceptualHash.Distance(hash, hashes[earlier]) + 1) / 2;
            if (half < least.Length && Similarity(images[later], images[earlier]) is var similarity && similarity >= least[half])
            {
                found.Add(new DuplicateLink(images[later], images[earlier], similarity, IsExact: false));
            }
        }
    }
}
