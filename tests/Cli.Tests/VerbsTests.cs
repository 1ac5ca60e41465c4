using System.CommandLine;
using MLVision.Cli;
using MLVision.Cli.Options;
using MLVision.MLNetExtensions;

namespace Cli.Tests;

/// <summary>Every option of every verb, those included that are yet to come.</summary>
public class VerbsTests
{
    private static readonly Type[] Numbers =
    [
        typeof(int), typeof(long), typeof(short), typeof(byte), typeof(uint), typeof(ulong), typeof(float), typeof(double), typeof(decimal),
    ];

    /// <summary>A number in a verb, and the arguments that lead to it. .NET's own parser takes 0,05 for 5 and 1,000 for 1000.</summary>
    public static TheoryData<string, string> NumericOptions => [.. AllIn(Verbs.Create(), [])];

    /// <summary>Those of training; any number is a seed.</summary>
    public static TheoryData<string> TrainingNumbers =>
        [.. AllIn(Verbs.Create(), []).Select(row => row.Data).Where(data => data is ("train", not "--seed")).Select(data => data.Item2)];

    [Theory]
    [MemberData(nameof(NumericOptions))]
    public void Parse_NumberWithAComma_IsRefusedByName(string verb, string option)
    {
        foreach (var text in new[] { "0,05", "1,000" })
        {
            var errors = Verbs.Create().Parse([.. verb.Split(' '), option, text]).Errors.Select(error => error.Message);

            Assert.Contains(errors, error => error.StartsWith($"{option} is '{text}'; write ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(NumericOptions))]
    public void Parse_NegativeNumber_IsRead(string verb, string option)
    {
        var errors = Verbs.Create().Parse([.. verb.Split(' '), option, "-1"]).Errors.Select(error => error.Message);

        Assert.DoesNotContain(
            errors, error => error.Contains(option, StringComparison.Ordinal) || error.Contains("-1", StringComparison.Ordinal));
    }

    /// <summary>What is not named is settled by the library.</summary>
    [Theory]
    [InlineData("train", "--data", "d", "--out", "o")]
    [InlineData("train", "--data", "d", "--out", "o", "--weights", "none")]
    [InlineData("lr-find", "--data", "d")]
    public void Parse_TrainingWithoutArchitecture_IsNoError(params string[] arguments) =>
        Assert.Empty(Verbs.Create().Parse(arguments).Errors);

    [Fact]
    public void NumericOptions_OfAllVerbs_AreFound() => Assert.True(NumericOptions.Count > 30, $"{NumericOptions.Count} were found");

    /// <summary>The library speaks of its properties, the command line of its flags.</summary>
    [Theory]
    [MemberData(nameof(TrainingNumbers))]
    public void RangeRefusal_TrainingFlagOutOfRange_NamesTheFlagAndTheValue(string option)
    {
        const string Outside = "-7";
        var parsed = Verbs.Create().Parse(["train", "--data", "d", "--arch", "a", "--out", "o", option, Outside]);

        var error = Assert.Throws<OptionOutOfRangeException>(() => TrainingFlags.Read(parsed).Validate());

        Assert.StartsWith($"{option} is {Outside}; it must be ", RangeRefusal.Sentence(parsed, error), StringComparison.Ordinal);
    }

    private static IEnumerable<TheoryDataRow<string, string>> AllIn(Command command, string[] verb) =>
    [
        .. command.Options.Where(TakesNumbers).Select(option => new TheoryDataRow<string, string>(string.Join(' ', verb), option.Name)),
        .. command.Subcommands.SelectMany(inner => AllIn(inner, [.. verb, inner.Name])),
    ];

    private static bool TakesNumbers(Option option)
    {
        var type = option.ValueType;
        type = type.GetElementType() ?? type.GetGenericArguments().FirstOrDefault() ?? type;
        return Numbers.Contains(Nullable.GetUnderlyingType(type) ?? type);
    }
}
