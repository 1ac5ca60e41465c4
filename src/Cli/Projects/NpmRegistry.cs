using MLVision.MLNetExtensions;

namespace MLVision.Cli.Projects;

/// <summary>The npm registry that this machine uses.</summary>
internal static class NpmRegistry
{
    private const string Standard = "https://registry.npmjs.org/";
    private const string Setting = "registry";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PatienceToConnect = TimeSpan.FromSeconds(20);

    /// <summary>The environment variables by which npm itself is told of another registry.</summary>
    private static readonly string[] Variables = ["npm_config_registry", "NPM_CONFIG_REGISTRY"];

    /// <summary>The address of a package's file, at the registry that npm would ask.</summary>
    /// <exception cref="ImageClassificationException">The registry's address is not one of http or https.</exception>
    public static Uri AddressOf(string package, string version) => AddressOf(package, version, Configured());

    /// <summary>The address of a package's file.</summary>
    /// <param name="package">Name of the package, without a scope.</param>
    /// <param name="version">Its version.</param>
    /// <param name="registry">Address of the registry; null for the public one.</param>
    /// <exception cref="ImageClassificationException">The registry's address is not one of http or https.</exception>
    public static Uri AddressOf(string package, string version, string? registry)
    {
        var root = (registry ?? Standard).TrimEnd('/') + '/';
        return Uri.TryCreate(root, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new Uri(address, $"{package}/-/{package}-{version}.tgz")
            : throw new ImageClassificationException($"npm's registry is set to '{registry}', which is no address of http or https.");
    }

    /// <summary>Finds the setting in the lines of an <c>.npmrc</c>; null if it is not there.</summary>
    public static string? SettingIn(IEnumerable<string> lines) => lines
        .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
        .LastOrDefault(parts => parts is [Setting, { Length: > 0 }])?[1].Trim('"', '\'');

    /// <summary>Fetches a file.</summary>
    /// <exception cref="ImageClassificationException">The registry cannot be reached, or does not send it.</exception>
    public static async Task<byte[]> FetchAsync(Uri address, string fileName, CancellationToken cancellationToken)
    {
        var byHand = $"Fetch {fileName} where there is a network, and name it with --onnxruntime-web.";
        using var handler = new SocketsHttpHandler { ConnectTimeout = PatienceToConnect };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var response = await client.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
                : throw new ImageClassificationException(
                    $"{address} answered {(int)response.StatusCode} ({response.ReasonPhrase}) and sent no file. {byHand}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ImageClassificationException($"{address} cannot be reached: {e.Message.TrimEnd('.')}. {byHand}", e);
        }
    }

    private static string? Configured()
    {
        if (Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) is { } chosen)
        {
            return chosen;
        }

        var file = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".npmrc");
        try
        {
            return File.Exists(file) ? SettingIn(File.ReadLines(file)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;    // npm would not read it either
        }
    }
}
