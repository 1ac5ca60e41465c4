using MLVision.Cli.Output.Findings;
using MLVision.MLNetExtensions.Doctor;

namespace Cli.Tests.Output.Findings;

/// <summary>Expected rows are written by hand from RFC 4180, §2.</summary>
public sealed class FindingsFileTests
{
    private const string Header = "image,label,finding,score,suggestion\n";

    [Fact]
    public void Write_NoFindings_HasTheHeader() => Assert.Equal(Header, Write());

    [Fact]
    public void Write_Finding_IsARow() => Assert.Equal(
        Header + "a/1.jpg,rose,wrong-label,0.9625,tulip\n",
        Write(new Finding(FindingKind.WrongLabel, new DoctorImage("a/1.jpg", "rose"), 0.9625, "tulip")));

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("<b>&amp;", "<b>&amp;")]
    [InlineData("rosé 花", "rosé 花")]
    [InlineData("", "")]
    public void Write_LabelWithMarks_IsQuoted(string label, string cell) => Assert.Equal(
        $"{Header}a.jpg,{cell},blurred,1,x\n", Write(new Finding(FindingKind.Blurred, new DoctorImage("a.jpg", label), 1, "x")));

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(1)")]
    public void Write_CellThatWouldBeAFormula_GetsAnApostrophe(string text) => Assert.Equal(
        $"{Header}'{text},'{text},wrong-label,0.5,'{text}\n",
        Write(new Finding(FindingKind.WrongLabel, new DoctorImage(text, text), 0.5, text)));

    [Fact]
    public void Write_HundredThousandFindings_HasARowForEach()
    {
        var finding = new Finding(FindingKind.Outlier, new DoctorImage("a.jpg", "rose"), 0.1, "x");

        Assert.Equal(100_001, Write([.. Enumerable.Repeat(finding, 100_000)]).Count(character => character == '\n'));
    }

    private static string Write(params Finding[] findings)
    {
        using var text = new StringWriter { NewLine = "\n" };
        FindingsFile.Write(text, findings);
        return text.ToString();
    }
}
