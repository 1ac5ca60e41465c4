using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MLNetExtensions.Tests.Scoring;
using MLVision.AspNetCore;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Results;
using TestImages;

namespace AspNetCore.Tests;

/// <summary>What <c>POST /predict</c> answers, asked over HTTP.</summary>
public sealed class ImageClassifierEndpointTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Its colours are strongest in green: TinyClassifier's label follows.
    private byte[] Image => File.ReadAllBytes(_files.AddImage("x.png", seed: 1));

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/jpeg")]    // what it is tells its content
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task Post_ImageAsBody_GivesWhatTheClassifierGives(string? mediaType)
    {
        await using var service = await StartAsync();
        using var classifier = ImageClassifier.Load(Model());
        var expected = classifier.Predict(Image, Token);

        var (status, answer) = await service.PostAsync(Body(Image, mediaType));

        Assert.Equal(200, status);
        Assert.Equal("green", answer.GetProperty("label").GetString());
        Assert.Equal(expected.Probability, answer.GetProperty("probability").GetSingle());
        Assert.Equal(
            [("red", expected.Scores[0]), ("green", expected.Scores[1]), ("blue", expected.Scores[2])],
            answer.GetProperty("scores").EnumerateObject().Select(score => (score.Name, score.Value.GetSingle())));
        Assert.Equal(["label", "probability", "scores"], answer.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Post_ImageInAForm_IsLabelled()
    {
        await using var service = await StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a note"), "note" },
            { Body(Image, "text/plain"), "image", "rose.txt" },
        };

        var (status, answer) = await service.PostAsync(form);

        Assert.Equal((200, "green"), (status, answer.GetProperty("label").GetString()));
    }

    [Fact]
    public async Task Post_KeyedClassifier_IsAsked()
    {
        var model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "german.onnx"), "rot", "grün", "blau");
        await using var service = await RunningService.StartAsync(
            services => services.AddKeyedImageClassifier("german", model), new() { ClassifierName = "german" });

        var (_, answer) = await service.PostAsync(Body(Image, "image/png"));

        Assert.Equal("grün", answer.GetProperty("label").GetString());
    }

    [Fact]
    public async Task Post_ClassifierChosenByRequest_IsAsked()
    {
        var german = new GivenClassifier(Task.FromResult(new ImagePrediction(null, ["rot"], [1])));
        var english = new GivenClassifier(Task.FromResult(new ImagePrediction(null, ["red"], [1])));
        await using var service = await RunningService.StartAsync(
            _ => { }, new() { ChooseClassifier = context => context.Request.Query["language"] == "de" ? german : english });

        using var response = await service.Client.PostAsync("/predict?language=de", Body(Image, "image/png"), Token);

        Assert.Contains("rot", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.False(english.Asked.IsCompleted);
    }

    [Fact]
    public async Task Explain_ModelWithHeat_GivesThePictureOfExplain()
    {
        var model = TinyClassifier.Model();
        TinyClassifier.AddHeat(model);
        var file = _files.AddFile("heat.onnx", model.ToByteArray());
        await using var service = await RunningService.StartAsync(services => services.AddImageClassifier(file));
        using var classifier = ImageClassifier.Load(file);
        using var expected = new MemoryStream();
        classifier.Explain(Image, Token).WritePng(expected);

        using var response = await service.Client.PostAsync("/explain", Body(Image, "image/png"), Token);

        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(expected.ToArray(), await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Explain_ModelWithoutHeat_IsRefused()
    {
        await using var service = await StartAsync();

        using var response = await service.Client.PostAsync("/explain", Body(Image, "image/png"), Token);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Post_StrangeImage_HasFamiliarityAndNoLabel()
    {
        var prediction = new ImagePrediction(null, ["rose", "tulip"], [0.75f, 0.25f]) { Familiarity = 0.01f, Refusal = "it is strange." };
        await using var service = await StartAsync(new GivenClassifier(Task.FromResult(prediction)));

        var (status, answer) = await service.PostAsync(Body(Image, "image/png"));

        Assert.Equal(200, status);
        Assert.Equal(
            """{"label":null,"probability":0.75,"familiarity":0.01,"refusal":"it is strange.","scores":{"rose":0.75,"tulip":0.25}}""",
            JsonSerializer.Serialize(answer));
    }

    [Theory]
    [InlineData("Roses are red.", "image/png", 400, "The image cannot be read: it is not an image, or it is damaged.")]
    [InlineData("Roses are red.", "application/octet-stream", 400, "it is not an image")]
    [InlineData("", "image/png", 400, "The request has no image, or an empty one")]
    [InlineData("Roses are red.", "text/plain", 415, "the media type is 'text/plain'")]
    [InlineData("a=b", "application/x-www-form-urlencoded", 415, "the media type is 'application/x-www-form-urlencoded'")]
    [InlineData("{}", "application/json; charset=utf-8", 415, "'application/json; charset=utf-8'")]
    [InlineData("no form", "multipart/form-data", 400, "The request's body cannot be read")]
    [InlineData("no form", "multipart/form-data; boundary=x", 400, "The request's body cannot be read")]
    public async Task Post_NoImage_IsRefusedInASentence(string text, string mediaType, int expected, string words)
    {
        await using var service = await StartAsync();

        var (status, problem) = await service.PostAsync(Body(System.Text.Encoding.UTF8.GetBytes(text), mediaType));

        Assert.Equal((expected, expected), (status, problem.GetProperty("status").GetInt32()));
        Assert.Contains(words, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
    }

    [Fact]
    public async Task Post_Nothing_IsRefused()
    {
        await using var service = await StartAsync();

        var (status, problem) = await service.PostAsync(body: null);

        Assert.Equal(400, status);
        Assert.Contains("The request has no image", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TruncatedImage_IsRefused()
    {
        await using var service = await StartAsync();

        var (status, problem) = await service.PostAsync(Body(Image[..^12], "image/png"));

        Assert.Equal(400, status);
        Assert.Contains("the file ends before the image does", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_FormWithoutTheField_NamesThoseItHas()
    {
        await using var service = await StartAsync();
        using var form = new MultipartFormDataContent
        {
            { Body(Image, "image/png"), "photo", "rose.png" },
            { new StringContent("rose"), "image" },
        };

        var (status, problem) = await service.PostAsync(form);

        Assert.Equal(400, status);
        Assert.Equal(
            "The form has no file in the field 'image'; it has 'photo' (a file), 'image' (a text).",
            problem.GetProperty("detail").GetString());
    }

    /// <summary>A header of a few dozen bytes that claims ten billion pixels, and one a pixel above the limit.</summary>
    [Theory]
    [InlineData(100_000, 100_000)]
    [InlineData(101, 1)]
    public async Task Post_TooManyPixels_AreRefusedByTheHeader(int width, int height)
    {
        await using var service = await StartAsync(new() { MaxPixels = 100 });

        var (status, problem) = await service.PostAsync(Body(PngHeader.Claiming(width, height), "image/png"));

        Assert.Equal(413, status);
        Assert.Contains(
            $"claims {width}×{height} pixels; the limit is 100 pixels in all", problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MorePixelsThanTheClassifierTakes_AreTooMany()
    {
        var model = Model();
        await using var service = await RunningService.StartAsync(
            services => services.AddImageClassifier(model, options => options.Scoring = new() { MaxPixels = 10 }));

        var (status, _) = await service.PostAsync(Body(Image, "image/png"));

        Assert.Equal(413, status);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Post_OneByteTooMany_IsRefused(bool isForm, bool saysItsLength)
    {
        var image = Image;
        await using var service = await StartAsync(new() { MaxBytes = image.Length });

        var (exact, _) = await service.PostAsync(Upload(image));
        var (over, problem) = await service.PostAsync(Upload([.. image, 0]));

        Assert.Equal((200, 413), (exact, over));
        Assert.Contains($"the limit is {image.Length} bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        HttpContent Upload(byte[] bytes)
        {
            HttpContent part = saysItsLength ? new ByteArrayContent(bytes) : new StreamContent(new OneWayStream(bytes));
            part.Headers.ContentType = new MediaTypeHeaderValue("image/png");
            return isForm ? new MultipartFormDataContent { { part, "image", "x.png" } } : part;
        }
    }

    /// <summary>The rest of a form counts, too: it is not read without end.</summary>
    [Fact]
    public async Task Post_FormWithMuchElse_IsRefused()
    {
        await using var service = await StartAsync(new() { MaxBytes = 1000 });
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[100_000]), "other", "other.bin" } };

        var (status, _) = await service.PostAsync(form);

        Assert.Equal(413, status);
    }

    [Fact]
    public async Task Post_MoreAtOnceThanAllowed_AreSentAwayAndLaterTaken()
    {
        var prediction = new TaskCompletionSource<ImagePrediction>();
        var classifier = new GivenClassifier(prediction.Task);
        await using var service = await StartAsync(classifier, new() { MaxConcurrentRequests = 1 });

        var first = service.PostAsync(Body(Image, "image/png"));
        await classifier.Asked.WaitAsync(Token);
        using var second = await service.Client.PostAsync("/predict", Body(Image, "image/png"), Token);
        prediction.SetResult(new ImagePrediction(null, ["rose"], [1]));
        var (status, _) = await first;

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("application/problem+json", second.Content.Headers.ContentType?.MediaType);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        Assert.Equal(200, status);
        Assert.Equal(200, await StatusOnceFreeAsync(service));
    }

    [Fact]
    public async Task Post_Cancelled_CancelsTheScoringAndGivesThePlaceBack()
    {
        var prediction = new TaskCompletionSource<ImagePrediction>();
        var classifier = new GivenClassifier(prediction.Task);
        await using var service = await StartAsync(classifier, new() { MaxConcurrentRequests = 1 });
        using var patience = new CancellationTokenSource();

        var request = service.Client.PostAsync("/predict", Body(Image, "image/png"), patience.Token);
        await classifier.Asked.WaitAsync(Token);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await classifier.Cancelled.WaitAsync(Token);
        prediction.SetResult(new ImagePrediction(null, ["rose"], [1]));
        Assert.Equal(200, await StatusOnceFreeAsync(service));
    }

    [Fact]
    public async Task Get_IsNotAllowed()
    {
        await using var service = await StartAsync();

        using var response = await service.Client.GetAsync("/predict", Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData(null, "AddImageClassifier(\"model.zip\")")]
    [InlineData("flowers", "AddKeyedImageClassifier(\"flowers\", \"model.zip\")")]
    public void Map_NoClassifier_SaysWhichLineIsMissing(string? name, string words)
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapImageClassifier("/predict", new() { ClassifierName = name }));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxBytes")]
    [InlineData("MaxPixels")]
    [InlineData("MaxConcurrentRequests")]
    public void Map_LimitOfNothing_Throws(string limit)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var options = new ImageClassifierEndpointOptions
        {
            MaxBytes = limit == "MaxBytes" ? 0 : 1,
            MaxPixels = limit == "MaxPixels" ? 0 : 1,
            MaxConcurrentRequests = limit == "MaxConcurrentRequests" ? 0 : 1,
        };

        var error = Assert.Throws<OptionOutOfRangeException>(() => app.MapImageClassifier("/predict", options));

        Assert.Equal(limit, error.ParamName);
    }

    private static ByteArrayContent Body(byte[] bytes, string? mediaType)
    {
        var body = new ByteArrayContent(bytes);
        body.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        return body;
    }

    private static Task<RunningService> StartAsync(IImageClassifier classifier, ImageClassifierEndpointOptions? options = null) =>
        RunningService.StartAsync(services => services.AddSingleton(classifier), options);

    /// <summary>A place is given back shortly after a request ended: asks until there is one.</summary>
    private async Task<int> StatusOnceFreeAsync(RunningService service)
    {
        while (true)
        {
            using var response = await service.Client.PostAsync("/predict", Body(Image, "image/png"), Token);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return (int)response.StatusCode;
            }
        }
    }

    private Task<RunningService> StartAsync(ImageClassifierEndpointOptions? options = null)
    {
        var model = Model();
        return RunningService.StartAsync(services => services.AddImageClassifier(model), options);
    }

    private string Model() => TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));
}
