using Microsoft.AspNetCore.Http;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.AspNetCore;

/// <summary>What can be said of an image.</summary>
internal static class ImageAnswers
{
    /// <summary>Its label, as JSON.</summary>
    public static async Task<IResult> LabelAsync(
        IImageClassifier classifier, ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        var prediction = await classifier.PredictAsync(image, cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(ImageClassifierAnswer.Of(prediction), AnswerFormat.Default.ImageClassifierAnswer);
    }

    /// <summary>Where in the photograph the model sees its label, as a PNG.</summary>
    /// <exception cref="RefusedRequestException">The model gives no heat map in the pass that scores.</exception>
    public static async Task<IResult> ExplainAsync(
        IImageClassifier classifier, ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        // Hiding parts would score the image 144 times, on all threads: a handful of requests would stop the service.
        if (classifier is not ImageClassifier own || !own.Outputs.HasFlag(ModelOutputs.Heat))
        {
            throw new RefusedRequestException(
                StatusCodes.Status409Conflict,
                "This model gives no heat map with its scores: train or export one with the output 'heat'.");
        }

        return await Task.Run(
            () =>
            {
                var picture = new MemoryStream();
                own.Explain(image, cancellationToken).WritePng(picture);
                return TypedResults.Bytes(picture.GetBuffer().AsMemory(0, (int)picture.Length), "image/png");
            },
            cancellationToken).ConfigureAwait(false);
    }
}
