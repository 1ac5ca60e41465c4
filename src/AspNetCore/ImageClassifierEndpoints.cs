using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MLVision.AspNetCore;
using MLVision.MLNetExtensions.Options;
using MLVision.MLNetExtensions.Scoring;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds image classifiers to an application's endpoints.</summary>
public static class ImageClassifierEndpoints
{
    /// <summary>Labels the image of a POST request.</summary>
    /// <remarks>
    /// The image is the request's body (<c>image/*</c>, <c>application/octet-stream</c>, or no media type) or the file in the field
    /// <c>image</c> of a form (<c>multipart/form-data</c>). The answer is <see cref="ImageClassifierAnswer"/> as JSON, or problem details
    /// (RFC 9457): 400 for what is not an image or is damaged, 413 for too many bytes or pixels, 415 for another media type, 429 for too
    /// many requests at once. Nothing is written to disk.
    /// </remarks>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The route, such as <c>/predict</c>.</param>
    /// <param name="options">Which classifier, and limits; null for the defaults.</param>
    /// <returns>The endpoint, to be named, authorised or limited further.</returns>
    /// <exception cref="InvalidOperationException">There is no such classifier among the application's services.</exception>
    /// <exception cref="MLVision.MLNetExtensions.OptionOutOfRangeException">A limit is below 1.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddImageClassifier("model.zip");
    /// var app = builder.Build();
    /// app.MapImageClassifier("/predict", new() { MaxBytes = 5_000_000 }).RequireAuthorization();
    /// </code>
    /// </example>
    public static RouteHandlerBuilder MapImageClassifier(
        this IEndpointRouteBuilder endpoints, string pattern, ImageClassifierEndpointOptions? options = null)
    {
        return Map(endpoints, pattern, options, ImageAnswers.LabelAsync)
            .WithSummary("Labels an image: the body, or the file in the field 'image' of a form.")
            .Produces<ImageClassifierAnswer>();
    }

    /// <summary>Draws which parts of a POST request's image speak for its label.</summary>
    /// <remarks>
    /// Requests and refusals are those of <see cref="MapImageClassifier"/>. The answer is the PNG that
    /// <see cref="MLVision.MLNetExtensions.Scoring.Explanations.ImageExplanation.SavePng"/> writes. A model that gives no
    /// <see cref="MLVision.MLNetExtensions.Model.ModelOutputs.Heat"/> in the pass that scores is refused with 409, because finding it
    /// otherwise takes seconds of all cores.
    /// </remarks>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The route, such as <c>/explain</c>.</param>
    /// <param name="options">Which classifier, and limits of this endpoint alone; null for the defaults.</param>
    /// <returns>The endpoint, to be named, authorised or limited further.</returns>
    /// <exception cref="InvalidOperationException">There is no such classifier among the application's services.</exception>
    /// <exception cref="MLVision.MLNetExtensions.OptionOutOfRangeException">A limit is below 1.</exception>
    public static RouteHandlerBuilder MapImageExplanation(
        this IEndpointRouteBuilder endpoints, string pattern, ImageClassifierEndpointOptions? options = null) =>
        Map(endpoints, pattern, options, ImageAnswers.ExplainAsync)
            .WithSummary("Draws which parts of an image speak for its label, as a PNG, where the model gives a heat map.")
            .Produces(StatusCodes.Status200OK, contentType: "image/png")
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static RouteHandlerBuilder Map(
        IEndpointRouteBuilder endpoints, string pattern, ImageClassifierEndpointOptions? options,
        Func<IImageClassifier, ReadOnlyMemory<byte>, CancellationToken, Task<IResult>> answer)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        options ??= new ImageClassifierEndpointOptions();
        OptionChecks.ThrowUnlessInRange(options);
        if (options.ChooseClassifier is null)
        {
            ThrowUnlessRegistered(endpoints.ServiceProvider, options.ClassifierName);
        }

        return endpoints.MapPost(pattern, (Delegate)new ImageClassifierEndpoint(options, answer).AnswerAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static void ThrowUnlessRegistered(IServiceProvider services, string? name)
    {
        var isRegistered = name is null
            ? services.GetService<IServiceProviderIsService>()?.IsService(typeof(IImageClassifier))
            : services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IImageClassifier), name);
        if (isRegistered == false)
        {
            throw new InvalidOperationException(name is null
                ? "There is no image classifier: call builder.Services.AddImageClassifier(\"model.zip\") before the application is built."
                : $"There is no image classifier '{name}': call builder.Services.AddKeyedImageClassifier(\"{name}\", \"model.zip\") " +
                "before the application is built.");
        }
    }
}
