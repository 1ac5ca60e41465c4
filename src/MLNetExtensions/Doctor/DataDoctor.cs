using MLVision.MLNetExtensions.Doctor.Labels;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>Examines labelled images before a training: wrong labels, duplicates, leaks between parts, odd and unreadable images.</summary>
/// <remarks>
/// Each file is read once and each image decoded once, on all cores; nothing is changed or deleted. The same images give the same findings.
/// </remarks>
/// <example>
/// <code>
/// using var features = PublishedFeatures.Open();
/// var diagnosis = DataDoctor.Examine(DoctorFolder.Read("flowers"), new DoctorOptions { Features = features });
/// </code>
/// </example>
public static class DataDoctor
{
    private const string WithoutFeatures =
        "Wrong labels and outliers were not looked for, and only the nearest of near duplicates: there are no features of the images.";

    /// <summary>Examines images.</summary>
    /// <param name="images">The images; unreadable ones are a finding, not an error.</param>
    /// <param name="options">How to examine them; null for the defaults.</param>
    /// <param name="cancellationToken">Stops before the next image or the next step.</param>
    /// <exception cref="ImageDataException">There are no images.</exception>
    /// <exception cref="OperationCanceledException">The call is cancelled.</exception>
    public static Diagnosis Examine(
        IReadOnlyList<DoctorImage> images, DoctorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            throw new ImageDataException("There are no images to examine.");
        }

        options ??= new DoctorOptions();
        var survey = ImageSurvey.Of(images, options.Features, options.Progress, cancellationToken);
        var duplicates = new DuplicateSearch(survey);
        duplicates.Run(cancellationToken);
        List<Finding> findings = [.. Unreadable(survey), .. Duplicates(survey, duplicates), .. new PictureChecks(survey).Run()];
        List<string> notes = [];
        var suspicions = new LabelSuspicion?[images.Count];
        if (survey.HasFeatures)
        {
            var labels = new LabelCheck(survey, duplicates.GroupOf);
            var outliers = new OutlierCheck(survey, duplicates.GroupOf);
            suspicions = labels.Run(cancellationToken);
            findings.AddRange(WrongLabels(images, suspicions));
            findings.AddRange(outliers.Run(cancellationToken));
            notes.AddRange(labels.Notes.Concat(outliers.Notes));
        }
        else
        {
            notes.Add(WithoutFeatures);
        }

        return new Diagnosis(
            [
                .. images.Select((image, index) => new ExaminedImage(
                    image, survey.Seen[index].Error, survey.Seen[index].Width, survey.Seen[index].Height,
                    suspicions[index]?.Score, suspicions[index]?.Likely)),
            ],
            [
                .. findings.OrderBy(finding => finding.Kind).ThenByDescending(finding => finding.Score)
                    .ThenBy(finding => finding.Image.ImagePath, StringComparer.Ordinal),
            ],
            notes);
    }

    private static IEnumerable<Finding> Unreadable(ImageSurvey survey) =>
        from index in Enumerable.Range(0, survey.Images.Count)
        let reason = survey.Seen[index].Error
        where reason is not null
        select new Finding(FindingKind.Unreadable, survey.Images[index], 1, reason);

    private static IEnumerable<Finding> WrongLabels(IReadOnlyList<DoctorImage> images, LabelSuspicion?[] suspicions) =>
        from index in Enumerable.Range(0, images.Count)
        let suspicion = suspicions[index]
        where suspicion is { IsFinding: true }
        select new Finding(FindingKind.WrongLabel, images[index], suspicion.Score, suspicion.Likely);

    /// <summary>
    /// A finding for each link that holds a group together; and where a group has images of several labels or parts, one for each image,
    /// with the first of another label or part.
    /// </summary>
    private static IEnumerable<Finding> Duplicates(ImageSurvey survey, DuplicateSearch duplicates)
    {
        foreach (var link in duplicates.Links)
        {
            var kind = link.IsExact ? FindingKind.ExactDuplicate : FindingKind.NearDuplicate;
            yield return Alike(survey, kind, link.Image, link.Other, link.Similarity);
        }

        var members = duplicates.Links.SelectMany(link => new[] { link.Image, link.Other }).Distinct().Order();
        foreach (var group in members.GroupBy(duplicates.GroupOf).Select(group => group.ToList()))
        {
            foreach (var (kind, keyOf) in Separations(survey))
            {
                var firsts = group.GroupBy(keyOf).Select(same => same.First()).ToList();
                foreach (var image in firsts.Count > 1 ? group : [])
                {
                    var other = firsts.First(first => keyOf(first) != keyOf(image));
                    yield return Alike(survey, kind, image, other, duplicates.Similarity(image, other));
                }
            }
        }
    }

    private static IEnumerable<(FindingKind Kind, Func<int, string?> KeyOf)> Separations(ImageSurvey survey) =>
    [
        (FindingKind.TwoLabels, index => survey.Images[index].Label),
        (FindingKind.Leak, index => survey.Images[index].Part),
    ];

    private static Finding Alike(ImageSurvey survey, FindingKind kind, int image, int other, double similarity) =>
        new(kind, survey.Images[image], similarity, survey.Images[other].ImagePath, survey.Images[other]);
}
