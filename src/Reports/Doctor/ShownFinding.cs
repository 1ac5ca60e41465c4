using MLVision.MLNetExtensions.Doctor;
using MLVision.Reports.Pictures;

namespace MLVision.Reports.Doctor;

/// <summary>A finding and the pictures that a page shows of it.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Picture">A small picture as a <c>data:</c> address; null if the file cannot be read.</param>
/// <param name="OtherPicture">The same of the other image; null where there is none.</param>
internal sealed record ShownFinding(Finding Finding, string? Picture, string? OtherPicture)
{
    /// <summary>Most pictures of a kind: a page of hundreds is no page to leaf through, and its file grows by 8 kB with each.</summary>
    public const int MostPictures = 60;

    /// <summary>The most suspicious findings of a kind; of two images that are found to be alike each way, the pair once.</summary>
    public static IReadOnlyList<ShownFinding> Of(IEnumerable<Finding> findings)
    {
        var shown = new List<Finding>();
        var pairs = new HashSet<(string, string)>();
        var pictures = 0;
        foreach (var finding in findings)
        {
            pictures += finding.Other is null ? 1 : 2;
            if (pictures > MostPictures)
            {
                break;
            }

            if (finding.Other is null || pairs.Add(PairOf(finding)))
            {
                shown.Add(finding);
            }
            else
            {
                pictures -= 2;
            }
        }

        return
        [
            .. shown.AsParallel().AsOrdered().Select(finding => new ShownFinding(
                finding, Thumbnail.Of(finding.Image.ImagePath), finding.Other is { } other ? Thumbnail.Of(other.ImagePath) : null)),
        ];
    }

    /// <summary>How many findings there are, counting a pair once.</summary>
    public static int Count(IEnumerable<Finding> findings)
    {
        var pairs = new HashSet<(string, string)>();
        return findings.Count(finding => finding.Other is null || pairs.Add(PairOf(finding)));
    }

    private static (string First, string Second) PairOf(Finding finding)
    {
        var (a, b) = (finding.Image.ImagePath, finding.Other!.ImagePath);
        return string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);
    }
}
