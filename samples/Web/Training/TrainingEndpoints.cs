using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Options;
using Web.Models;
using Web.Pages;
using Web.Safety;

namespace Web.Training;

/// <summary>The training page and what it asks for. Nothing of it answers other machines unless told to.</summary>
internal static class TrainingEndpoints
{
    private const int MostFormBytes = 64 << 10;

    /// <summary>Adds them.</summary>
    public static void MapTraining(this IEndpointRouteBuilder site)
    {
        var training = site.MapGroup("").AddEndpointFilter<LocalOnly>().AddEndpointFilter<OwnForms>().DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(MostFormBytes)).ExcludeFromDescription();
        training.MapGet("/training", PageEndpoints.Training);
        training.MapPost("/training", Start);
        training.MapPost("/training/cancel", Cancel);
        training.MapGet("/training/curves", PageEndpoints.Curves);
        training.MapGet("/training/events", Watch);
        training.MapPost("/models/first", MakeFirst);
        training.MapGet("/models/{name}/{file}", Download);
    }

    private static IResult Start(
        [FromForm] string? folder, [FromForm] string? preset, [FromForm] string? lastLayerOnly, TrainingRoom room, HttpContext context)
    {
        try
        {
            if (!Enum.TryParse<TrainingPreset>(preset, ignoreCase: true, out var recipe) || !Enum.IsDefined(recipe))
            {
                throw new RefusedTrainingException(
                    StatusCodes.Status400BadRequest, $"The preset is quick, balanced or best; '{preset}' is none of them.");
            }

            room.Start(folder ?? "", recipe, lastLayerOnly is not null);
            return TypedResults.LocalRedirect("~/training");
        }
        catch (RefusedTrainingException e)
        {
            return PageEndpoints.Refuse(context, e.Message, e.Status);
        }
    }

    private static RedirectHttpResult Cancel(TrainingRoom room)
    {
        room.Cancel();
        return TypedResults.LocalRedirect("~/training");
    }

    private static IResult MakeFirst([FromForm] string? name, ModelShelf models, HttpContext context)
    {
        try
        {
            return models.MakeFirst(name ?? "")
                ? TypedResults.LocalRedirect("~/")
                : PageEndpoints.Refuse(context, $"There is no model '{name}'.", StatusCodes.Status404NotFound);
        }
        catch (ImageClassificationException e)
        {
            return PageEndpoints.Refuse(context, e.Message, StatusCodes.Status409Conflict);
        }
    }

    private static ServerSentEventsResult<TrainingTick> Watch(TrainingRoom room, CancellationToken cancellationToken) =>
        TypedResults.ServerSentEvents(room.WatchAsync(cancellationToken)
            .Select(state => new SseItem<TrainingTick>(TrainingTick.Of(state))));

    private static IResult Download(string name, string file, ModelShelf models, HttpContext context)
    {
        if (TrainedFiles.TypeOf(file) is not { } type || models.List().FirstOrDefault(model => model.Name == name) is not { } model
            || Path.GetFileName(model.Path) != TrainedFiles.Zip
            || Path.Combine(Path.GetDirectoryName(model.Path)!, file) is var path && !File.Exists(path))
        {
            return TypedResults.Problem($"There is no file '{file}' of a model '{name}'.", statusCode: StatusCodes.Status404NotFound);
        }

        if (file == TrainedFiles.Report)
        {
            context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.Reports;
            return TypedResults.PhysicalFile(path, type);
        }

        return TypedResults.PhysicalFile(path, type, $"{name}-{file}");
    }
}
