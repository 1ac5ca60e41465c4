using Microsoft.AspNetCore.Http;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.AspNetCore;

/// <summary>Which classifier answers at an endpoint, and how much it takes.</summary>
/// <remarks>
/// Memory at the worst: <see cref="MaxConcurrentRequests"/> times <see cref="MaxBytes"/> for what is uploaded (320 MB by default), and four
/// bytes for each of <see cref="MaxPixels"/> (256 MiB) for each image that the classifier decodes at the same time
/// (<see cref="ImageScoringOptions.Threads"/>).
/// </remarks>
public sealed record ImageClassifierEndpointOptions
{
    /// <summary>The key of the classifier; null, the default, for the one without.</summary>
    public string? ClassifierName { get; init; }

    /// <summary>
    /// Chooses the classifier for a request, for an application with models that come and go; null, the default, for that of
    /// <see cref="ClassifierName"/>. What it throws is an error of the application's: refuse a request before, in an endpoint's filter.
    /// </summary>
    public Func<HttpContext, IImageClassifier>? ChooseClassifier { get; init; }

    /// <summary>Bytes of the largest image that is taken; at least 1, ten million by default. A larger one gets 413.</summary>
    /// <remarks>For this endpoint it replaces the server's own limit of a request's body.</remarks>
    [Number(AtLeast = 1)]
    public long MaxBytes { get; init; } = 10_000_000;

    /// <summary>
    /// Width times height of the largest image that is taken; at least 1, 2²⁶ by default (67 million, more than usual phones make). A
    /// larger one gets 413, and so does one above the classifier's own limit.
    /// </summary>
    [Number(AtLeast = 1)]
    public long MaxPixels { get; init; } = 1L << 26;

    /// <summary>Requests that are read or scored at the same time; at least 1, 32 by default. One more gets 429.</summary>
    [Number(AtLeast = 1)]
    public int MaxConcurrentRequests { get; init; } = 32;
}
