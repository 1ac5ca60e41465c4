using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Scoring;

namespace Functions;

/// <summary>The function <c>predict</c>: an image as the body → label, probability and scores.</summary>
public sealed class Prediction(IImageClassifier classifier)
{
    // One more byte than the largest image that is taken.
    private const int MostBytes = 10_000_000;

    /// <summary>Labels the image of a request.</summary>
    [Function("predict")]
    public async Task<IActionResult> RunAsync([HttpTrigger(AuthorizationLevel.Function, "post")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if (request.ContentLength is null or 0 or > MostBytes)
        {
            return Refuse(
                $"Send one image as the body, of at most {MostBytes:#,0} bytes, and its Content-Length.",
                request.ContentLength > MostBytes ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest);
        }

        try
        {
            var image = new byte[(int)request.ContentLength];
            await request.Body.ReadExactlyAsync(image, cancellationToken).ConfigureAwait(false);
            var prediction = await classifier.PredictAsync(image, cancellationToken).ConfigureAwait(false);
            return new OkObjectResult(new
            {
                label = prediction.Label,
                probability = prediction.Probability,
                familiarity = prediction.Familiarity,
                scores = prediction.ScoresByLabel,
            });
        }
        catch (Exception e) when (e is ImageDataException or EndOfStreamException)
        {
            return Refuse(e.Message, StatusCodes.Status400BadRequest);
        }
    }

    private static ObjectResult Refuse(string reason, int status) =>
        new(new ProblemDetails { Detail = reason, Status = status }) { StatusCode = status };
}
