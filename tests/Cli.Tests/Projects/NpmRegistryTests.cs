using MLVision.Cli.Projects;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Projects;

public sealed class NpmRegistryTests
{
    [Theory]
    [InlineData(null, "https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-1.30.0.tgz")]
    [InlineData("https://mirror.example/npm", "https://mirror.example/npm/onnxruntime-web/-/onnxruntime-web-1.30.0.tgz")]
    [InlineData("http://mirror.example/npm/", "http://mirror.example/npm/onnxruntime-web/-/onnxruntime-web-1.30.0.tgz")]
    public void AddressOf_Registry_IsTheAddressOfThePackagesFile(string? registry, string expected)
    {
        var address = NpmRegistry.AddressOf("onnxruntime-web", "1.30.0", registry);

        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("mirror")]
    [InlineData("file:///etc/passwd")]
    public void AddressOf_NoAddress_IsRefused(string registry)
    {
        var refusal = Assert.Throws<ImageClassificationException>(() => NpmRegistry.AddressOf("a", "1.0.0", registry));

        Assert.Contains($"'{registry}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("registry=https://mirror.example/", "https://mirror.example/")]
    [InlineData("; registry=https://no.example/\nregistry = \"https://mirror.example/\"\n@scope:registry=https://no.example/",
        "https://mirror.example/")]
    [InlineData("fund=false", null)]
    [InlineData("registry=", null)]
    public void SettingIn_LinesOfNpmrc_IsTheRegistryOfAllPackages(string lines, string? expected)
    {
        var registry = NpmRegistry.SettingIn(lines.Split('\n'));

        Assert.Equal(expected, registry);
    }
}
