using Microsoft.AspNetCore.Http.Features;
using MLVision.AspNetCore;
using MLVision.MLNetExtensions;
using Web.Safety;

namespace Web.Models;

/// <summary>The endpoints that ask models.</summary>
internal static class ModelEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapModels(this IEndpointRouteBuilder site, Settings settings)
    {
        var options = new ImageClassifierEndpointOptions
        {
            MaxBytes = settings.Limits.MaxBytes,
            MaxPixels = settings.Limits.MaxPixels,
            MaxConcurrentRequests = settings.Limits.MaxConcurrentRequests,
            ChooseClassifier = context => context.Features.GetRequiredFeature<ModelInUse>().Classifier,
        };
        Finish(site.MapImageClassifier("/predict", options));
        Finish(site.MapImageExplanation("/explain", options));
        site.MapGet("/models", (ModelShelf models) => models.List().Select(file => new ModelName(file.Name, file.IsFirst)))
            .WithTags("Models").WithSummary("Lists the models that can be named in a request.");
        site.MapGet("/models/{name}", Describe).WithTags("Models").WithSummary("Describes a model.")
            .Produces<ModelDescription>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static void Finish(RouteHandlerBuilder endpoint) => endpoint
        .WithTags("Images")
        .AddEndpointFilter(OpenModelAsync)
        .RequireRateLimiting(RequestLimits.Images)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AddOpenApiOperationTransformer(ImageRequests.Describe);

    private static IResult Describe(string name, ModelShelf models)
    {
        using var model = Open(models, name, out var refusal);
        return model is null ? refusal! : TypedResults.Ok(ModelDescription.Of(name, model.Classifier));
    }

    /// <summary>Takes the model that the request names, before its image is read, and leaves it after the answer.</summary>
    private static async ValueTask<object?> OpenModelAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var name = http.Request.Query["model"].ToString() is { Length: > 0 } given ? given : null;
        if (Open(http.RequestServices.GetRequiredService<ModelShelf>(), name, out var refusal) is not { } model)
        {
            return refusal;
        }

        http.Response.RegisterForDispose(model);
        http.Features.Set(model);
        return await next(context).ConfigureAwait(false);
    }

    private static ModelInUse? Open(ModelShelf models, string? name, out IResult? refusal)
    {
        refusal = null;
        try
        {
            if (models.Open(name) is { } model)
            {
                return model;
            }

            refusal = name is null
                ? TypedResults.Problem(
                    "There is no model yet: train one on the page /training, or start the program with --model FILE.",
                    statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Problem(
                    $"There is no model '{name}'; /models lists those there are.", statusCode: StatusCodes.Status404NotFound);
        }
        catch (ImageClassificationException e)
        {
            refusal = TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return null;
    }
}
