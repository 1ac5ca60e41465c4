using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MLVision.MLNetExtensions;
using Web.Models;
using Web.Safety;
using Web.Training;

namespace Web.Pages;

/// <summary>Renders the pages.</summary>
internal static class PageEndpoints
{
    /// <summary>The page that labels images.</summary>
    public static RazorComponentResult<HomePage> Home(HttpContext context, ModelShelf models, Settings settings)
    {
        var (facts, fault) = First(models);
        return new(new Dictionary<string, object?>
        {
            [nameof(HomePage.Models)] = models.List(),
            [nameof(HomePage.First)] = facts,
            [nameof(HomePage.Fault)] = fault,
            [nameof(HomePage.MaxBytes)] = settings.Limits.MaxBytes,
            [nameof(HomePage.MayTrain)] = LocalOnly.Allows(context, settings),
        });
    }

    /// <summary>The page that trains.</summary>
    public static RazorComponentResult<TrainingPage> Training(HttpContext context) => Training(context, refusal: "");

    /// <summary>The curves of the last training, alone.</summary>
    public static RazorComponentResult<Curves> Curves(TrainingRoom room) =>
        new(new Dictionary<string, object?> { [nameof(Pages.Curves.Points)] = room.State.Epochs });

    /// <summary>Why a form was refused: on the page for a browser, as problem details for a program.</summary>
    public static IResult Refuse(HttpContext context, string reason, int status)
    {
        var isBrowser = context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");
        if (!isBrowser)
        {
            return TypedResults.Problem(reason, statusCode: status);
        }

        var page = Training(context, reason);
        page.StatusCode = status;
        return page;
    }

    private static RazorComponentResult<TrainingPage> Training(HttpContext context, string refusal)
    {
        var services = context.RequestServices;
        var token = services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return new(new Dictionary<string, object?>
        {
            [nameof(TrainingPage.State)] = services.GetRequiredService<TrainingRoom>().State,
            [nameof(TrainingPage.Folders)] = services.GetRequiredService<TrainingFolders>().List(),
            [nameof(TrainingPage.Root)] = services.GetRequiredService<TrainingFolders>().Root,
            [nameof(TrainingPage.Token)] = new FormToken(token.FormFieldName, token.RequestToken!),
            [nameof(TrainingPage.Refusal)] = refusal,
        });
    }

    /// <summary>The first model, which may have become unusable since the start.</summary>
    private static (ModelDescription? Facts, string Fault) First(ModelShelf models)
    {
        try
        {
            using var first = models.Open(name: null);
            return first is null ? (null, "") : (ModelDescription.Of(models.List()[0].Name, first.Classifier), "");
        }
        catch (ImageClassificationException e)
        {
            return (null, e.Message);
        }
    }
}
