using Microsoft.Extensions.Options;
using MLVision.MLNetExtensions.Options;

namespace MLVision.MLNetExtensions.Hosting;

/// <summary>Checks the options of classifiers that run as services, before a model is loaded.</summary>
internal sealed class ImageClassifierServiceValidation : IValidateOptions<ImageClassifierServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, ImageClassifierServiceOptions options)
    {
        var whose = string.IsNullOrEmpty(name) ? "the image classifier" : $"the image classifier '{name}'";
        var failures = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.ModelPath))
        {
            failures.AddError($"{nameof(options.ModelPath)} of {whose} is empty: give the path of a model.zip or model.onnx.");
        }

        if (options.ReloadDelay <= TimeSpan.Zero)
        {
            failures.AddError($"{nameof(options.ReloadDelay)} of {whose} must be more than zero; it is {options.ReloadDelay}.");
        }

        if (options.Scoring is null)
        {
            failures.AddError($"{nameof(options.Scoring)} of {whose} is null.");
        }
        else
        {
            AddRangeErrors(options, whose, failures);
        }

        return failures.Build();
    }

    private static void AddRangeErrors(ImageClassifierServiceOptions options, string whose, ValidateOptionsResultBuilder failures)
    {
        try
        {
            OptionChecks.ThrowUnlessInRange(options.Scoring);
        }
        catch (OptionOutOfRangeException e)
        {
            var range = e.Message.Split(" (Parameter ")[0];
            failures.AddError($"{nameof(options.Scoring)}:{e.ParamName} of {whose} is {e.ActualValue}. {range}");
        }
    }
}
