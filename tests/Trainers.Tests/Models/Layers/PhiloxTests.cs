using MLVision.Trainers.Models.Layers;

namespace Trainers.Tests.Models.Layers;

public class PhiloxTests
{
    // Known answers of philox4x32-10 from the authors' own tests, Random123's kat_vectors.
    [Theory]
    [InlineData(0, 0, 0, new uint[] { 0x6627e8d5u, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, new uint[] { 0x408f276du, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e, new uint[] { 0xd16cfe09u, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void At_KnownPositions_GivesTheAuthorsBits(ulong key, ulong low, ulong high, uint[] expected)
    {
        var (first, second, third, fourth) = new Philox(key).At(low, high);

        Assert.Equal<uint[]>(expected, [first, second, third, fourth]);
    }

    [Fact]
    public void Fill_InTwoParts_IsTheSameAsAtOnce()
    {
        var generator = new Philox(7);
        var (whole, parts) = (new byte[96], new byte[96]);

        generator.Fill(whole, first: 3);
        generator.Fill(parts.AsSpan(0, 32), first: 3);
        generator.Fill(parts.AsSpan(32), first: 5);

        Assert.Equal(whole, parts);
    }
}
