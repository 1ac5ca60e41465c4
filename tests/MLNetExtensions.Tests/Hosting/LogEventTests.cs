using System.Reflection;
using Microsoft.Extensions.Logging;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Hosting;

public sealed class LogEventTests
{
    /// <summary>Whoever watches logs goes by the number, which a changed message must not change.</summary>
    [Fact]
    public void LogLines_All_HaveANumberOfTheirOwn()
    {
        var numbers = typeof(ImageClassifier).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>().ToList();

        Assert.True(numbers.Count >= 17, $"There are {numbers.Count} log lines.");
        Assert.All(numbers, number => Assert.InRange(number, 101, 999));
        Assert.Equal(numbers.Distinct(), numbers);
    }
}
