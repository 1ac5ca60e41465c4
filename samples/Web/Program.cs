using System.Globalization;
using MLVision.MLNetExtensions;
using Web;

// A page and an HTTP service around image classifiers, and a page that trains them.
// dotnet run -c Release --project samples/Web [-- --model FILE]; docs/web.md says what can be set.

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
try
{
    await using var site = Site.Build(args);
    await site.StartAsync();
    await site.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is ImageClassificationException or BadSettingException or IOException or UnauthorizedAccessException)
{
    // Such as a model that is missing, or an address that another program listens at.
    Console.Error.WriteLine(e.Message);
    return 2;
}
