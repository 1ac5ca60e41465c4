using System.Reflection;

namespace Web;

/// <summary>What can be set, in <c>appsettings.json</c>, by environment variables (<c>Training__Root</c>) or arguments
/// (<c>--Training:Root FOLDER</c>).</summary>
internal sealed class Settings
{
    // Its own, and those that ASP.NET Core reads.
    private static readonly string[] KnownArguments =
        ["model", "models", "training", "limits", "urls", "environment", "logging", "allowedhosts", "kestrel", "http_ports", "https_ports"];

    private static readonly string QuickstartsModel = Path.Combine("artifacts", "quickstart", "model.zip");

    /// <summary>The model that answers first: <c>--model</c>, else the quickstart's; null where there is neither.</summary>
    public string? Model { get; private init; }

    /// <summary>Models that can be chosen.</summary>
    public ModelSettings Models { get; } = new();

    /// <summary>What may be learned from, and by whom.</summary>
    public TrainingSettings Training { get; } = new();

    /// <summary>How much a request may bring.</summary>
    public LimitSettings Limits { get; } = new();

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="BadSettingException">A value cannot be read, or a key is none of these.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var settings = new Settings { Model = configuration["Model"] ?? (File.Exists(QuickstartsModel) ? QuickstartsModel : null) };
        Bind(configuration.GetSection("Models"), settings.Models);
        Bind(configuration.GetSection("Training"), settings.Training);
        Bind(configuration.GetSection("Limits"), settings.Limits);
        settings.Training.Root ??= typeof(Settings).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(metadata => metadata.Key == "Samples")?.Value is { } samples && Directory.Exists(samples) ? samples : null;
        Require(settings.Models.MostLoaded >= 1, "Models:MostLoaded", settings.Models.MostLoaded);
        Require(settings.Limits.RequestsPerSecond >= 1, "Limits:RequestsPerSecond", settings.Limits.RequestsPerSecond);
        return settings;
    }

    /// <summary>Refuses an argument that nothing would read, such as <c>--modle</c>.</summary>
    /// <exception cref="BadSettingException">There is such an argument, or a value is missing.</exception>
    public static void Check(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var (key, hasValue) = (argument.TrimStart('-').Split('=')[0], argument.Contains('=', StringComparison.Ordinal));
            if (!argument.StartsWith("--", StringComparison.Ordinal)
                || !KnownArguments.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase))
            {
                throw new BadSettingException(
                    $"'{argument}' is no argument of this program. It takes --model FILE, --urls ADDRESS, and settings such as " +
                    "--Training:Root FOLDER; docs/web.md lists them.");
            }

            if (!hasValue && (++i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new BadSettingException($"'{argument}' needs a value behind it.");
            }
        }
    }

    private static void Bind(IConfigurationSection section, object settings)
    {
        try
        {
            section.Bind(settings, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new BadSettingException($"The settings in '{section.Path}' cannot be read: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private static void Require(bool isMet, string name, object value)
    {
        if (!isMet)
        {
            throw new BadSettingException($"{name} must be at least 1; it is {value}.");
        }
    }
}
