using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MLVision.MLNetExtensions.Hosting;
using MLVision.MLNetExtensions.Scoring;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds image classifiers to an application's services.</summary>
public static class ImageClassifierServices
{
    private const string LogCategory = "MLVision.ImageClassifier";

    /// <summary>Adds <see cref="IImageClassifier"/>, loaded when the host starts and again when its file changes.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelPath">A <c>model.zip</c> or <c>model.onnx</c>.</param>
    /// <param name="configure">Changes options.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddImageClassifier(
        this IServiceCollection services, string modelPath, Action<ImageClassifierServiceOptions>? configure = null)
    {
        Add(services, Options.Options.DefaultName, modelPath, configure);
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
        Add(services, name, modelPath, configure);
        return services.AddKeyedSingleton<IImageClassifier>(name, (provider, _) => ClassifierOf(provider, name));
    }

    private static void Add(
        IServiceCollection services, string name, string modelPath, Action<ImageClassifierServiceOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelPath);
        services.AddOptions<ImageClassifierServiceOptions>(name)
            .Configure(options => options.ModelPath = modelPath)
            .Configure(configure ?? (_ => { }));
        services.AddKeyedSingleton(name, (provider, _) => new ServedClassifier(
            name,
            provider.GetRequiredService<IOptionsMonitor<ImageClassifierServiceOptions>>().Get(name),
            (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(LogCategory),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<IHostedService>(provider => new ClassifierStartup(provider, name));
    }

    private static ImageClassifier ClassifierOf(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<ServedClassifier>(name).Classifier;
}
