using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>Fills options from configuration.</summary>
internal static class ConfiguredOptions
{
    /// <summary>Reads a section; what it leaves out stays as it is.</summary>
    /// <exception cref="OptionsValidationException">The section is missing; a key is no option, or its value cannot be read.</exception>
    public static void Read(IConfigurationSection section, ImageClassifierServiceOptions options)
    {
        if (!section.Exists())
        {
            throw Refusal($"The configuration has no section '{section.Path}', which was to hold the options of an image classifier.");
        }

        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            // The binder's own sentence names the key; what was wrong with a value stands in the inner error.
            var reason = e.InnerException?.InnerException?.Message ?? e.InnerException?.Message;
            throw Refusal(
                $"The section '{section.Path}' of the configuration cannot be read as options of an image classifier: {e.Message}" +
                (reason is null ? "" : $" ({reason.TrimEnd('.')})"));
        }
    }

    private static OptionsValidationException Refusal(string message) =>
        new(nameof(ImageClassifierServiceOptions), typeof(ImageClassifierServiceOptions), [message]);
}
