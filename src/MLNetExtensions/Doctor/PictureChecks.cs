using System.Globalization;
using MLVision.MLNetExtensions.Doctor.Pictures;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Finds pictures that are too dark, too bright, blurred, tiny or of odd proportions.</summary>
/// <remarks>The bounds for dark, bright and odd pictures are near those of CleanVision 0.3 (cleanlab), which were set by looking.</remarks>
/// <param name="survey">The images.</param>
internal sealed class PictureChecks(ImageSurvey survey)
{
    /// <summary>A picture is too dark where 99 of 100 pixels are darker.</summary>
    private const double Dark = 0.3;

    /// <summary>A picture is too bright where 19 of 20 pixels are brighter.</summary>
    private const double Bright = 0.9;

    /// <summary>Shorter side by longer side.</summary>
    private const double OddRatio = 0.35;

    /// <summary>Odd pictures also have less than this share of the median of all ratios: a set may consist of panoramas.</summary>
    private const double OddShare = 0.6;

    /// <summary>A blurred picture has less than the median sharpness by this, within the bounds that follow.</summary>
    private const double SharpnessDivisor = 15;
    private const double AlwaysBlurred = 20;
    private const double NeverBlurred = 60;

    /// <summary>Pictures with a shorter side of fewer pixels were enlarged to be looked at, which blurs.</summary>
    private const int SmallestForSharpness = 128;

    /// <summary>A tiny picture's shorter side is below the median by this, and below what networks look at; or below the least.</summary>
    private const double TinyDivisor = 4;
    private const double LargestTiny = 224;
    private const double AlwaysTiny = 16;

    /// <summary>Checks all pictures.</summary>
    public IEnumerable<Finding> Run()
    {
        var seen = survey.Readable.Select(index => survey.Seen[index]).ToList();
        var ratio = Math.Min(OddRatio, OddShare * Quantiles.Median([.. seen.Select(Ratio)]));
        var side = Quantiles.Median([.. seen.Select(image => (double)image.ShorterSide)]);
        var tiny = Math.Clamp(side / TinyDivisor, AlwaysTiny, LargestTiny);
        var sharpness = seen.Where(image => image.ShorterSide >= SmallestForSharpness).Select(image => image.Picture!.Sharpness);
        var blurred = Math.Clamp(Quantiles.Median([.. sharpness]) / SharpnessDivisor, AlwaysBlurred, NeverBlurred);
        return survey.Readable.SelectMany(index => Check(survey.Images[index], survey.Seen[index], ratio, tiny, blurred));
    }

    private static double Ratio(SeenImage image) => (double)image.ShorterSide / Math.Max(image.Width, image.Height);

    private static IEnumerable<Finding> Check(DoctorImage image, SeenImage seen, double ratio, double tiny, double blurred)
    {
        var picture = seen.Picture!;
        if (picture.Brightest < Dark)
        {
            yield return Found(FindingKind.TooDark, 1 - picture.Brightest, $"brightest {picture.Brightest:0.00} of 1");
        }
        else if (picture.Darkest > Bright)
        {
            yield return Found(FindingKind.TooBright, picture.Darkest, $"darkest {picture.Darkest:0.00} of 1");
        }
        else if (seen.ShorterSide >= SmallestForSharpness && picture.Sharpness < blurred)
        {
            yield return Found(FindingKind.Blurred, 1 - (picture.Sharpness / blurred), $"sharpness {picture.Sharpness:0.0} of {blurred:0}");
        }

        if (seen.ShorterSide < tiny)
        {
            yield return Found(FindingKind.Tiny, 1 - (seen.ShorterSide / tiny), $"{seen.Width} × {seen.Height} pixels");
        }

        if (Ratio(seen) < ratio)
        {
            yield return Found(FindingKind.OddAspect, 1 - Ratio(seen), $"{seen.Width} × {seen.Height} pixels");
        }

        Finding Found(FindingKind kind, double score, FormattableString measured) =>
            new(kind, image, Math.Clamp(score, 0, 1), measured.ToString(CultureInfo.InvariantCulture));
    }
}
