using Microsoft.AspNetCore.Antiforgery;

namespace Web.Safety;

/// <summary>Takes forms of the site's own pages only: those of other sites lack its token.</summary>
/// <remarks>ASP.NET Core would refuse them, too, but without a word.</remarks>
internal sealed class OwnForms(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (HttpMethods.IsPost(context.HttpContext.Request.Method)
            && !await antiforgery.IsRequestValidAsync(context.HttpContext).ConfigureAwait(false))
        {
            return TypedResults.Problem(
                "This form is not of a page that the program made since it started: load the page again.",
                statusCode: StatusCodes.Status400BadRequest);
        }

        return await next(context).ConfigureAwait(false);
    }
}
