// Written by `mlvision new --web`.
//   dotnet run, then: curl -F image=@photo.jpg http://localhost:5000/predict

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using {{Namespace}};

const long MostBytes = 10_000_000;
const long MostPixels = 1L << 26;
const int MostWaiting = 32;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = MostBytes);
builder.Services.Configure<FormOptions>(options => options.MultipartBodyLengthLimit = MostBytes);
builder.Services.AddOpenApi();
builder.Services.AddProblemDetails();
// Every request at work holds an image and an engine: more than there are cores would only take more memory.
builder.Services.AddRateLimiter(options =>
{
    options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
    options.AddConcurrencyLimiter("predict", limits =>
    {
        limits.PermitLimit = Environment.ProcessorCount;
        limits.QueueLimit = MostWaiting;
    });
});
// An engine predicts on one thread at a time, so each request takes one of its own from a pool, as PredictionEnginePool does.
builder.Services.AddSingleton<ObjectPool<PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput>>>(
    new DefaultObjectPool<PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput>>(new Engines()));

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseRateLimiter();
app.MapOpenApi();
app.MapPost("/predict", PredictAsync)
    .RequireRateLimiting("predict")
    .Accepts<IFormFile>("multipart/form-data", "image/*", "application/octet-stream")
    .Produces<Answer>()
    .ProducesProblem(StatusCodes.Status400BadRequest)
    .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
    .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
    .ProducesProblem(StatusCodes.Status429TooManyRequests);
app.Run();

static async Task<IResult> PredictAsync(
    HttpRequest request, ObjectPool<PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput>> engines,
    CancellationToken cancellationToken)
{
    byte[] image;
    try
    {
        image = await Upload.ReadAsync(request, cancellationToken);
    }
    catch (BadHttpRequestException e)
    {
        return TypedResults.Problem(e.Message, statusCode: e.StatusCode);
    }
    catch (InvalidDataException)
    {
        return TypedResults.Problem(
            $"The form is damaged, or longer than {MostBytes:N0} bytes.", statusCode: StatusCodes.Status400BadRequest);
    }

    if (image.Length == 0)
    {
        return TypedResults.Problem(
            "There is no image: send it as the form's file 'image', or as the body.", statusCode: StatusCodes.Status400BadRequest);
    }

    if (Upload.PixelsOf(image) > MostPixels)
    {
        return TypedResults.Problem(
            $"The image has more than {MostPixels:N0} pixels.", statusCode: StatusCodes.Status413PayloadTooLarge);
    }

    var engine = engines.Get();
    try
    {
        return TypedResults.Ok(Answer.Of(engine.Predict(new {{Class}}.ModelInput { ImageSource = image })));
    }
    catch (InvalidDataException e)
    {
        return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
    }
    finally
    {
        engines.Return(engine);
    }
}

/// <summary>Makes engines for the pool.</summary>
internal sealed class Engines : PooledObjectPolicy<PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput>>
{
    // The first is made at the start, so that a model that cannot be loaded stops the service there.
    private PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput>? _first = {{Class}}.CreatePredictEngine();

    /// <inheritdoc/>
    public override PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput> Create() =>
        Interlocked.Exchange(ref _first, null) ?? {{Class}}.CreatePredictEngine();

    /// <inheritdoc/>
    public override bool Return(PredictionEngine<{{Class}}.ModelInput, {{Class}}.ModelOutput> obj) => true;
}
