using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TestImages;

namespace Web.Tests;

/// <summary>What the service does with requests that are no good: it says so, goes on, and writes nothing.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly ImageFiles _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private byte[] Image => File.ReadAllBytes(_files.AddImage("x.png", seed: 1));

    private string Model => Given.ModelWithHeat(Path.Combine(_files.Folder, "colours.onnx"));

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("/predict")]
    [InlineData("/explain")]
    public async Task Post_TwentyMegabytesOfNoise_AreTooMany(string path)
    {
        await using var site = await RunningSite.StartAsync(Model);
        var noise = new byte[20_000_000];
        new Random(1).NextBytes(noise);

        var (status, problem) = await site.PostAsync(path, Given.Form(noise));

        Assert.Equal(413, status);
        Assert.Contains("the limit is 10,000,000 bytes", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await AssertAnswersAsync(site);
    }

    [Fact]
    public async Task Post_NoiseWithinTheLimit_IsNoImage()
    {
        await using var site = await RunningSite.StartAsync(Model);
        var noise = new byte[9_000_000];
        new Random(1).NextBytes(noise);

        var (status, problem) = await site.PostAsync("/predict", Given.Form(noise));

        Assert.Equal(400, status);
        Assert.Contains("it is not an image, or it is damaged", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Decoded, it would take 3.6 GB.</summary>
    [Fact]
    public async Task Post_ImageOf30000Pixels_IsRefusedByItsHeader()
    {
        await using var site = await RunningSite.StartAsync(Model);

        var (status, problem) = await site.PostAsync("/predict", Given.Form(PngHeader.Claiming(30_000, 30_000)));

        Assert.Equal(413, status);
        Assert.Contains("claims 30000×30000 pixels", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../evil.png")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\\\evil.png")]
    public async Task Post_PathAsFileName_IsLabelledAndWrittenNowhere(string name)
    {
        await using var site = await RunningSite.StartAsync(Model);
        var before = site.Files.ToList();
        using var form = new MultipartFormDataContent("x");
        using var part = Given.Body(Image, "image/png");
        part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"image\"; filename=\"{name}\"");
        form.Add(part);

        var (status, answer) = await site.PostAsync("/predict", form);

        Assert.Equal((200, "green"), (status, answer.GetProperty("label").GetString()));
        Assert.Equal(before, site.Files);
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), "evil*"));
    }

    /// <summary>Eight may be read or scored at a time; others are told to come again, and no image is answered wrongly.</summary>
    [Fact]
    public async Task Post_FiftyAtOnce_AreAnsweredOrSentAway()
    {
        await using var site = await RunningSite.StartAsync(Model, null, "--Limits:MaxConcurrentRequests", "8");
        var image = File.ReadAllBytes(_files.AddImage("large.png", seed: 1, width: 1200, height: 900));
        using var process = Process.GetCurrentProcess();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => site.PostAsync("/predict", Given.Form(image))));

        Assert.Contains(answers, answer => answer.Status == 200);
        Assert.All(answers, answer => Assert.True(
            answer.Status == 200
                ? answer.Answer.GetProperty("label").GetString() == "green"
                : answer.Answer.GetProperty("detail").GetString()!.StartsWith("Too many images", StringComparison.Ordinal)));
        await AssertAnswersAsync(site);
        process.Refresh();
        Assert.InRange(process.WorkingSet64, 0, 2L << 30);
    }

    /// <summary>More often than images may be read at once, so that a place that was not given back would be missed.</summary>
    [Fact]
    public async Task Post_ClientsThatHangUp_LeaveTheServiceAsItWas()
    {
        await using var site = await RunningSite.StartAsync(Model, null, "--Limits:MaxConcurrentRequests", "2");

        var halfARequest = Encoding.ASCII.GetBytes(
            $"POST /predict HTTP/1.1\r\nHost: {site.Address.Authority}\r\nContent-Type: image/png\r\n" +
            "Content-Length: 100000\r\n\r\nhalf");
        for (var i = 0; i < 10; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(site.Address.Host, site.Address.Port, Token);
            await client.GetStream().WriteAsync(halfARequest, Token);
            client.Client.LingerState = new LingerOption(true, 0);
        }

        await AssertAnswersAsync(site);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    public async Task Training_RequestThatIsNotThisMachines_IsRefused(string header, string value)
    {
        await using var site = await RunningSite.StartAsync(Model);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/training");
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await site.Client.SendAsync(request, Token);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Training:AllowRemote", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_RemoteAllowed_IsShown()
    {
        await using var site = await RunningSite.StartAsync(Model, null, "--Training:AllowRemote", "true");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/training");
        request.Headers.Host = "somewhere.example";

        using var response = await site.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/training")]
    [InlineData("/training/cancel")]
    [InlineData("/models/first")]
    public async Task Post_FormOfAnotherSite_IsRefused(string path)
    {
        await using var site = await RunningSite.StartAsync(Model);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("folder", "."), KeyValuePair.Create("preset", "quick")]);

        var (status, problem) = await site.PostAsync(path, form);

        Assert.Equal(400, status);
        Assert.Contains("load the page again", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A place is given back shortly after its request ended: asks until there is one.</summary>
    private async Task AssertAnswersAsync(RunningSite site)
    {
        while (true)
        {
            using var response = await site.Client.PostAsync("/predict", Given.Form(Image), Token);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                return;
            }
        }
    }
}
