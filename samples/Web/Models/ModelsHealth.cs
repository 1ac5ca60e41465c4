using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Web.Models;

/// <summary>The health of the first model. Without any, the service is degraded, not ill: one can be trained.</summary>
internal sealed class ModelsHealth(ModelShelf models) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var first = models.OpenLoadedFirst();
        if (first is null)
        {
            return HealthCheckResult.Degraded("There is no model yet.");
        }

        var report = await first.Model.CheckAsync(cancellationToken).ConfigureAwait(false);
        var check = report.Entries.Values.Single();
        return new HealthCheckResult(check.Status, check.Description, check.Exception, check.Data);
    }
}
