using Microsoft.Extensions.Diagnostics.HealthChecks;
using MLVision.MLNetExtensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of image classifiers to an application's health checks.</summary>
public static class ImageClassifierHealthChecks
{
    /// <summary>Adds a health check for a classifier: degraded while its newest file cannot be loaded and an older model is used.</summary>
    /// <param name="checks">The application's health checks.</param>
    /// <param name="name">The classifier's key; null for the classifier without one.</param>
    /// <returns><paramref name="checks"/>.</returns>
    public static IHealthChecksBuilder AddImageClassifier(this IHealthChecksBuilder checks, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(new HealthCheckRegistration(
            name is null ? "image-classifier" : $"image-classifier-{name}",
            provider => new ImageClassifierHealthCheck(
                provider.GetRequiredKeyedService<ServedClassifier>(name ?? Options.Options.DefaultName)),
            failureStatus: null,
            tags: null));
    }
}
