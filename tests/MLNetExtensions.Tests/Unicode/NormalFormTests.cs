using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLVision.MLNetExtensions.Unicode;

namespace MLNetExtensions.Tests.Unicode;

/// <summary>Expected values come from Python's unicodedata; see Fixtures/normal-form.py.</summary>
public sealed class NormalFormTests
{
    private const int End = 0x30000;

    private static readonly string[] Fixture = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "normal-form.txt"));

    [Theory]
    [InlineData("Ga\u0308nseblu\u0308mchen", "Gänseblümchen")]
    [InlineData("Z\u030Cluťoučký", "Žluťoučký")]
    [InlineData("\u1100\u1161\u11A8\u1103\u1169", "각도")]
    [InlineData("e\u0301\u0323", "ẹ\u0301")]             // the lower mark goes first
    [InlineData("\u212B", "Å")]                          // ångström, a character that stands for another
    [InlineData("\u0958", "\u0915\u093C")]               // one of those that stay apart
    [InlineData("\u0308a", "\u0308a")]
    public void Of_Text_IsUnicodesFormC(string text, string expected) => Assert.Equal(expected, NormalForm.Of(text));

    [Theory]
    [InlineData("")]
    [InlineData("rose 2024")]
    [InlineData("Gänseblümchen")]
    [InlineData("각도 雛菊 🌷")]
    [InlineData("half a pair \uD83C")]
    public void Of_FormC_IsTheSameObject(string text) => Assert.Same(text, NormalForm.Of(text));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "\u0323\u0301")]
    public void Of_EveryCharacter_AgreesWithPython(int line, string tail)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var character = 0; character < End; character++)
        {
            if (character is < 0xD800 or > 0xDFFF)
            {
                digest.AppendData(Encoding.UTF8.GetBytes(NormalForm.Of(char.ConvertFromUtf32(character) + tail) + "\n"));
            }
        }

        Assert.Equal(Fixture[line], Convert.ToHexStringLower(digest.GetCurrentHash()));
    }

    [Fact]
    public void Of_RandomSequences_AgreesWithPython()
    {
        var pairs = Fixture.Skip(2).Select(line => line.Split(';')).ToList();

        Assert.Equal(500, pairs.Count);
        Assert.All(pairs, pair => Assert.Equal(pair[1], ToHexadecimal(NormalForm.Of(FromHexadecimal(pair[0])))));
    }

    private static string FromHexadecimal(string text) =>
        string.Concat(
            text.Split(' ')
                .Select(digits => char.ConvertFromUtf32(int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));

    private static string ToHexadecimal(string text) =>
        string.Join(' ', text.EnumerateRunes().Select(rune => rune.Value.ToString("X", CultureInfo.InvariantCulture)));
}
