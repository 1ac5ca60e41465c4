using Microsoft.Extensions.Diagnostics.HealthChecks;
using MLVision.MLNetExtensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of image classifiers to an application's health checks.</summary>
public static class ImageClassifierHealthChecks
{
    /// <summary>
    /// Adds a health check for a classifier. It fails while its newest file cannot be loaded and an older model is used; it is unhealthy
    /// where no model could be loaded.
    /// </summary>
    /// <param name="checks">The application's health checks.</param>
    /// <param name="name">The classifier's key; null for the classifier without one.</param>
    /// <param name="checkName">
    /// The check's name; null for <c>image-classifier</c>, followed by <c>-</c> and the key where there is one.
    /// </param>
    /// <param name="failureStatus">What it says while an older model is used; null for <see cref="HealthStatus.Degraded"/>.</param>
    /// <param name="tags">Tags by which an endpoint chooses its checks, such as <c>ready</c>; null for none.</param>
    /// <returns><paramref name="checks"/>.</returns>
    /// <example>
    /// <code>builder.Services.AddHealthChecks().AddImageClassifier(tags: ["ready"]);</code>
    /// </example>
    public static IHealthChecksBuilder AddImageClassifier(
        this IHealthChecksBuilder checks, string? name = null, string? checkName = null, HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            checkName ?? (name is null ? "image-classifier" : $"image-classifier-{name}"),
            provider => new ImageClassifierHealthCheck(provider, name ?? Options.Options.DefaultName),
            failureStatus ?? HealthStatus.Degraded,
            tags));
    }
}
