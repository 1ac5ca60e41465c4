using System.Net;

namespace Web.Safety;

/// <summary>Answers this machine only, unless told otherwise.</summary>
/// <remarks>
/// The name in the request counts, too: a page of another site whose name was made to point to this machine is sent away, and so is what a
/// proxy on this machine passes on.
/// </remarks>
internal sealed class LocalOnly(Settings settings) : IEndpointFilter
{
    private const string Forwarded = "X-Forwarded-For";

    /// <summary>Whether the request may train.</summary>
    public static bool Allows(HttpContext context, Settings settings) => settings.Training.AllowRemote || IsLocal(context);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Allows(context.HttpContext, settings)
            ? await next(context).ConfigureAwait(false)
            : TypedResults.Problem(
                "This part answers the machine only that the program runs on, at localhost. The setting Training:AllowRemote opens it.",
                statusCode: StatusCodes.Status403Forbidden);

    private static bool IsLocal(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && IsLoopbackName(context.Request.Host.Host)
        && !context.Request.Headers.ContainsKey(Forwarded)
        && !context.Request.Headers.ContainsKey("Forwarded");

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
