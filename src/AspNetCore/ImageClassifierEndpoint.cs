using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.AspNetCore;

/// <summary>Answers requests with what a classifier makes of their image, so many at once.</summary>
/// <param name="options">Which classifier, and limits.</param>
/// <param name="answer">What is said of an encoded image; see <see cref="ImageAnswers"/>.</param>
internal sealed class ImageClassifierEndpoint(
    ImageClassifierEndpointOptions options, Func<IImageClassifier, ReadOnlyMemory<byte>, CancellationToken, Task<IResult>> answer)
{
    private readonly RequestImage _image = new(options.MaxBytes);
    private int _requests;

    /// <summary>The answer, or why there is none as problem details.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _requests) > options.MaxConcurrentRequests)
            {
                context.Response.Headers.RetryAfter = "1";
                throw new RefusedRequestException(
                    StatusCodes.Status429TooManyRequests,
                    $"Too many images at once; the limit is {options.MaxConcurrentRequests}. Try again in a second.");
            }

            return await AskAsync(context).ConfigureAwait(false);
        }
        catch (RefusedRequestException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.Status);
        }
        catch (ImageDataException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer, and it is no error of the application's.
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    private async Task<IResult> AskAsync(HttpContext context)
    {
        var classifier = Choose(context);
        var image = await _image.ReadAsync(context.Request).ConfigureAwait(false);
        if (image.IsEmpty)
        {
            throw new RefusedRequestException(
                StatusCodes.Status400BadRequest,
                $"The request has no image, or an empty one: send one as the body, or as the field '{RequestImage.Field}' of a form.");
        }

        ThrowIfTooLarge(image, classifier);
        return await answer(classifier, image, context.RequestAborted).ConfigureAwait(false);
    }

    private IImageClassifier Choose(HttpContext context) => options switch
    {
        { ChooseClassifier: { } choose } => choose(context),
        { ClassifierName: { } name } => context.RequestServices.GetRequiredKeyedService<IImageClassifier>(name),
        _ => context.RequestServices.GetRequiredService<IImageClassifier>(),
    };

    /// <summary>Judges by the header: an image of few bytes may claim more pixels than there is memory.</summary>
    private void ThrowIfTooLarge(ReadOnlyMemory<byte> image, IImageClassifier classifier)
    {
        var limit = classifier is ImageClassifier own ? Math.Min(options.MaxPixels, own.MaxPixels) : options.MaxPixels;
        if (ImageFile.SizeOf(image) is var (width, height) && (long)width * height > limit)
        {
            throw new RefusedRequestException(
                StatusCodes.Status413PayloadTooLarge,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The image claims {width}×{height} pixels; the limit is {limit:#,0} pixels in all. Send a smaller one."));
        }
    }
}
