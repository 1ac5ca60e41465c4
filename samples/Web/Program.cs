using System.Globalization;
using System.Net.Sockets;
using MLVision.MLNetExtensions;
using Web;

// A page and an HTTP service around image classifiers, and a page that trains them.
// dotnet run -c Release --project samples/Web [-- --model FILE]; docs/web.md says what can be set.

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
try
{
    await using var site = Site.Build(args);
    await StartAsync(site);
    await site.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is ImageClassificationException or BadSettingException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

// Another program may listen there, or it may be no address of this machine.
static async Task StartAsync(WebApplication site)
{
    try
    {
        await site.StartAsync();
    }
    catch (Exception e) when (e is IOException or SocketException or FormatException or InvalidOperationException)
    {
        throw new BadSettingException($"The address of ASPNETCORE_URLS or --urls cannot be used: {e.Message}");
    }
}
