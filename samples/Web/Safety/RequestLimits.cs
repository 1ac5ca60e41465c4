using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Web.Safety;

/// <summary>How many images an address may send in a second.</summary>
internal static class RequestLimits
{
    /// <summary>The policy of endpoints that take images.</summary>
    public const string Images = "images";

    /// <summary>Adds the policy. Who asks too often gets 429, as problem details.</summary>
    public static void AddRequestLimits(this IServiceCollection services, LimitSettings limits) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = RefuseAsync;
        options.AddPolicy(Images, context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress ?? IPAddress.None,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 2 * limits.RequestsPerSecond,
                TokensPerPeriod = limits.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));
    });

    private static async ValueTask RefuseAsync(OnRejectedContext refused, CancellationToken cancellationToken)
    {
        refused.HttpContext.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        await TypedResults.Problem("Too many images in a second. Try again in a second.", statusCode: StatusCodes.Status429TooManyRequests)
            .ExecuteAsync(refused.HttpContext).ConfigureAwait(false);
    }
}
