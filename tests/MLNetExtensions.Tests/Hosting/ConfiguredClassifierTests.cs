using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Hosting;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using TestImages;

namespace MLNetExtensions.Tests.Hosting;

/// <summary>A classifier whose options come from configuration, and what is refused there.</summary>
public sealed class ConfiguredClassifierTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Section_AllKindsOfValues_AreRead()
    {
        using var provider = Provider(
            ("ModelPath", "model.zip"), ("ReloadOnChange", "false"), ("ReloadDelay", "00:00:05"), ("Scoring:Device", "cuda:1"),
            ("Scoring:Pixels", "Fast"), ("Scoring:BatchSize", "4"), ("Scoring:MinFamiliarity", "0.01"),
            ("Scoring:Outputs", "Embedding, Heat"));

        var options = provider.GetRequiredService<IOptionsMonitor<ImageClassifierServiceOptions>>().CurrentValue;

        Assert.Equal(("model.zip", false, TimeSpan.FromSeconds(5)), (options.ModelPath, options.ReloadOnChange, options.ReloadDelay));
        Assert.Equal(
            (ComputeDevice.Cuda(1), PixelMode.Fast, 4), (options.Scoring.Device, options.Scoring.Pixels, options.Scoring.BatchSize));
        Assert.Equal(0.01, options.Scoring.MinFamiliarity);
        Assert.Equal(ModelOutputs.Embedding | ModelOutputs.Heat, options.Scoring.Outputs);
    }

    /// <summary>The device of the configuration is the one that is started: here one that this package of ONNX Runtime lacks.</summary>
    [Fact]
    public void Section_DeviceThatIsMissing_IsNotReplacedByAnother()
    {
        using var provider = Provider(
            ("ModelPath", TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"))), ("Scoring:Device", "directml:7"));

        var error = Assert.Throws<DeviceUnavailableException>(() => provider.GetRequiredService<IImageClassifier>());

        Assert.Contains("directml:7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_Keyed_HasOptionsOfItsOwn()
    {
        var section = Section(("ModelPath", TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"))));
        using var provider = new ServiceCollection().AddKeyedImageClassifier("colours", section).BuildServiceProvider();

        Assert.Equal("red", provider.GetRequiredKeyedService<IImageClassifier>("colours").Labels[0]);
    }

    [Theory]
    [InlineData("Scoring:Device", "gpu", "'gpu' is not a device; expected auto, cpu, cuda:0")]
    [InlineData("Scoring:Devise", "cpu", "'Devise'")]
    [InlineData("Scoring:BatchSize", "many", "Scoring:BatchSize")]
    [InlineData("Scoring:BatchSize", "0", "Scoring:BatchSize of the image classifier is 0. BatchSize must be at least 1.")]
    [InlineData("ReloadDelay", "00:00:00", "ReloadDelay of the image classifier must be more than zero")]
    [InlineData("ModelPath", " ", "ModelPath of the image classifier is empty")]
    public void HostStart_WrongValue_SaysWhichInASentence(string key, string value, string words)
    {
        using var provider = Provider(("ModelPath", "model.zip"), (key, value));

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HostStart_MissingSection_NamesIt()
    {
        var section = new ConfigurationBuilder().Build().GetSection("Classifier");
        using var provider = new ServiceCollection().AddImageClassifier(section).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains("no section 'Classifier'", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Provider(params (string Key, string? Value)[] values) =>
        new ServiceCollection().AddImageClassifier(Section(values)).BuildServiceProvider();

    private static IConfigurationSection Section(params (string Key, string? Value)[] values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        foreach (var (key, value) in values)
        {
            configuration[$"Classifier:{key}"] = value;
        }

        return configuration.GetSection("Classifier");
    }
}
