using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MLVision.MLNetExtensions.Hosting;
using MLVision.MLNetExtensions.Scoring;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image classifiers to an application's services.</summary>
/// <remarks>
/// Options are checked when the host starts (<see cref="OptionsValidationException"/>), before the model is loaded. Their names in
/// configuration are those of <see cref="ImageClassifierServiceOptions"/>; a key that is no option is refused by its name.
/// </remarks>
public static class ImageClassifierServices
{
    private const string LogCategory = "MLVision.ImageClassifier";

    /// <summary>Adds <see cref="IImageClassifier"/>, loaded when the host starts and again when its file changes.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelPath">A <c>model.zip</c> or <c>model.onnx</c>.</param>
    /// <param name="configure">Changes options.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <example>
    /// <code>builder.Services.AddImageClassifier("model.zip");</code>
    /// </example>
    public static IServiceCollection AddImageClassifier(
        this IServiceCollection services, string modelPath, Action<ImageClassifierServiceOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelPath);
        Add(services, Options.Options.DefaultName, options => options.ModelPath = modelPath, configure);
        return services.AddSingleton<IImageClassifier>(provider => ClassifierOf(provider, Options.Options.DefaultName));
    }

    /// <summary>
    /// Adds <see cref="IImageClassifier"/> as configuration says, loaded when the host starts and again when its file changes.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The options as configuration, read once: <c>"ModelPath": "model.zip", "Scoring": { "Device": "cuda:0", "Pixels": "Fast" }</c>.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <example>
    /// <code>builder.Services.AddImageClassifier(builder.Configuration.GetSection("Classifier"));</code>
    /// </example>
    public static IServiceCollection AddImageClassifier(this IServiceCollection services, IConfigurationSection section)
    {
        Add(services, Options.Options.DefaultName, ReaderOf(section));
        return services.AddSingleton<IImageClassifier>(provider => ClassifierOf(provider, Options.Options.DefaultName));
    }

    /// <summary>
    /// Adds one of several classifiers: a keyed <see cref="IImageClassifier"/>, injected by <c>[FromKeyedServices("name")]</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The key; also the name of its options and of its measurements.</param>
    /// <param name="modelPath">A <c>model.zip</c> or <c>model.onnx</c>.</param>
    /// <param name="configure">Changes options.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddKeyedImageClassifier(
        this IServiceCollection services, string name, string modelPath, Action<ImageClassifierServiceOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelPath);
        Add(services, name, options => options.ModelPath = modelPath, configure);
        return services.AddKeyedSingleton<IImageClassifier>(name, (provider, _) => ClassifierOf(provider, name));
    }

    /// <summary>Adds one of several classifiers, a keyed <see cref="IImageClassifier"/>, as configuration says.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The key; also the name of its options and of its measurements.</param>
    /// <param name="section">The options as configuration, read once.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddKeyedImageClassifier(
        this IServiceCollection services, string name, IConfigurationSection section)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Add(services, name, ReaderOf(section));
        return services.AddKeyedSingleton<IImageClassifier>(name, (provider, _) => ClassifierOf(provider, name));
    }

    private static void Add(
        IServiceCollection services, string name, Action<ImageClassifierServiceOptions> start,
        Action<ImageClassifierServiceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ImageClassifierServiceOptions>(name).Configure(start).Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<ImageClassifierServiceOptions>, ImageClassifierServiceValidation>());
        services.AddKeyedSingleton(name, (provider, _) => Serve(provider, name));
        services.AddSingleton<IHostedService>(provider => new ClassifierStartup(provider, name));
    }

    private static ServedClassifier Serve(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<ImageClassifierServiceOptions>>().Get(name);
        var logger = (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(LogCategory);
        var meters = options.Scoring.MeterFactory ?? provider.GetService<IMeterFactory>();
        return new ServedClassifier(name, options, logger, provider.GetService<TimeProvider>() ?? TimeProvider.System, meters);
    }

    private static Action<ImageClassifierServiceOptions> ReaderOf(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return options => ConfiguredOptions.Read(section, options);
    }

    private static ImageClassifier ClassifierOf(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<ServedClassifier>(name).Classifier;
}
