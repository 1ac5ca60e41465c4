using MLVision.Cli.Options;

namespace Cli.Tests.Options;

/// <summary>What is a number on the command line, and what is said of the rest.</summary>
public class NumberTextTests
{
    [Theory]
    [InlineData("0.05", 0.05)]
    [InlineData("-1", -1)]
    [InlineData("+5", 5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("1E3", 1000)]
    public void TryReadReal_Number_IsRead(string text, double expected)
    {
        Assert.True(NumberText.TryReadReal(text, out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", -1)]
    [InlineData("+5", 5)]
    [InlineData("007", 7)]
    [InlineData("2147483647", int.MaxValue)]
    public void TryReadWhole_Number_IsRead(string text, int expected)
    {
        Assert.True(NumberText.TryReadWhole(text, out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("0,05", "write numbers with a point: 0.05.")]
    [InlineData("-0,5", "write numbers with a point: -0.5.")]
    [InlineData("0,500", "write numbers with a point: 0.500.")]
    [InlineData(",5", "write numbers with a point: .5.")]
    [InlineData("1,000", "write numbers with a point, and thousands without a separator: 1000 or 1.000.")]
    [InlineData("1,000,000", "write numbers with a point: 1000000.")]
    [InlineData("1.000.000", "write numbers in plain digits: 1000000.")]
    [InlineData("1.000,5", "write numbers with a point: 1000.5.")]
    [InlineData("1,000.5", "write numbers with a point: 1000.5.")]
    [InlineData("1 000", "write numbers in plain digits: 1000.")]
    [InlineData("1\u00a0000,5", "write numbers with a point: 1000.5.")]
    [InlineData("1'000", "write numbers in plain digits: 1000.")]
    [InlineData("1_000", "write numbers in plain digits: 1000.")]
    [InlineData(" 0.05", "write numbers in plain digits: 0.05.")]
    [InlineData("−5", "write numbers in plain digits: -5.")]                  // U+2212, as text processors write minus
    [InlineData("٠٫٥", "write numbers in plain digits: 0.5.")]                // Arabic-Indic digits and separator
    [InlineData("０．５", "write numbers in plain digits: 0.5.")]              // full-width
    [InlineData("0,05,0", "write a number such as 0.05.")]
    [InlineData("0. 05", "write a number such as 0.05.")]
    [InlineData("", "write a number such as 0.05.")]
    [InlineData("NaN", "write a number such as 0.05.")]
    [InlineData("Infinity", "write a number such as 0.05.")]
    [InlineData("∞", "write a number such as 0.05.")]
    [InlineData("1e999", "write a number such as 0.05.")]
    [InlineData("5%", "write a number such as 0.05.")]
    [InlineData("1/2", "write a number such as 0.05.")]
    [InlineData("0x10", "write a number such as 0.05.")]
    public void WhyNotReal_Text_ShowsTheRightForm(string text, string form)
    {
        Assert.False(NumberText.TryReadReal(text, out _));
        Assert.Equal($"--rate is '{text}'; {form}", NumberText.WhyNotReal("--rate", text));
    }

    [Theory]
    [InlineData("5.0", "write a whole number: 5.")]
    [InlineData("1e3", "write a whole number: 1000.")]
    [InlineData("1,000", "write a whole number: 1000 or 1.")]
    [InlineData("1.000", "write a whole number: 1000 or 1.")]
    [InlineData("1,234", "write a whole number: 1234.")]
    [InlineData("1 000", "write a whole number: 1000.")]
    [InlineData("5 ", "write a whole number: 5.")]
    [InlineData("٣", "write a whole number: 3.")]
    [InlineData("−5", "write a whole number: -5.")]
    [InlineData("99999999999", "write a whole number from -2147483648 to 2147483647.")]
    [InlineData("2.5", "write a whole number, such as 5.")]
    [InlineData("0,05", "write a whole number, such as 5.")]
    [InlineData("", "write a whole number, such as 5.")]
    [InlineData("0x10", "write a whole number, such as 5.")]
    [InlineData("224x224", "write a whole number, such as 5.")]
    public void WhyNotWhole_Text_ShowsTheRightForm(string text, string form)
    {
        Assert.False(NumberText.TryReadWhole(text, out _));
        Assert.Equal($"--epochs is '{text}'; {form}", NumberText.WhyNotWhole("--epochs", text));
    }

    [Fact]
    public void WhyNotWhole_LineBreak_StaysOneLine() =>
        Assert.Equal("--epochs is '5 6'; write a whole number, such as 5.", NumberText.WhyNotWhole("--epochs", "5\n6"));
}
