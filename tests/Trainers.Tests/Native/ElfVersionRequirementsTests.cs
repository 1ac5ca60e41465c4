using MLVision.Trainers.Native;

namespace Trainers.Tests.Native;

public sealed class ElfVersionRequirementsTests
{
    [Fact]
    public void Weaken_RequiredVersion_SetsItsWeakFlagOnly()
    {
        var library = ElfImage.Create(isBound: false);
        var expected = (byte[])library.Clone();
        expected[ElfImage.FlagsOfV2] = 2; // VER_FLG_WEAK, elf.h

        var weakened = ElfVersionRequirements.Weaken(library, "V_2");

        Assert.Equal(expected, weakened);
    }

    [Fact]
    public void Weaken_AnyLibrary_LeavesTheArgumentAlone()
    {
        var library = ElfImage.Create(isBound: false);

        ElfVersionRequirements.Weaken(library, "V_1");

        Assert.Equal(ElfImage.Create(isBound: false), library);
    }

    [Fact]
    public void Weaken_VersionThatARelocationUses_Throws()
    {
        var library = ElfImage.Create(isBound: true);

        var error = Assert.Throws<InvalidDataException>(() => ElfVersionRequirements.Weaken(library, "V_2"));

        Assert.Contains("bound to a symbol of V_2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weaken_VersionThatNoRelocationUses_IgnoresTheOthers()
    {
        var library = ElfImage.Create(isBound: true);

        var weakened = ElfVersionRequirements.Weaken(library, "V_1");

        Assert.Equal(2, weakened[ElfImage.FlagsOfV1]);
    }

    [Theory]
    [InlineData("V_3")]
    [InlineData("V_")]
    [InlineData("V_22")]
    public void Weaken_VersionNotRequired_Throws(string version)
    {
        var library = ElfImage.Create(isBound: false);

        var error = Assert.Throws<InvalidDataException>(() => ElfVersionRequirements.Weaken(library, version));

        Assert.Contains($"does not ask for {version}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weaken_NotElf_Throws()
    {
        var error = Assert.Throws<InvalidDataException>(() => ElfVersionRequirements.Weaken(new byte[4096], "V_2"));

        Assert.Contains("not a 64-bit little-endian ELF shared library", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weaken_CutShortAnywhereBeforeItsLastTable_Throws()
    {
        var library = ElfImage.Create(isBound: false);

        // The last table ends at 0x1B8; its last field, the addend, is not read.
        Assert.All(Enumerable.Range(0, 0x1B0), length =>
            Assert.Throws<InvalidDataException>(() => ElfVersionRequirements.Weaken(library[..length], "V_2")));
    }

    [Fact]
    public void Weaken_RandomDamage_ThrowsNothingElse()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var library = ElfImage.Create(isBound: false);
            for (var hit = 0; hit < 8; hit++)
            {
                library[random.Next(6, library.Length)] = (byte)random.Next(256);
            }

            var error = Record.Exception(() => ElfVersionRequirements.Weaken(library, "V_2"));

            Assert.True(error is null or InvalidDataException, $"Trial {trial}: {error}");
        }
    }

    [Fact]
    public void Weaken_TorchSharpsLibrary_ChangesOneByte()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF libraries are Linux's.");
        var library = File.ReadAllBytes(NativeFolders.OfThisProcess().Find("libLibTorchSharp.so")!);

        var weakened = ElfVersionRequirements.Weaken(library, "GLIBCXX_3.4.32");

        var changed = Assert.Single(Enumerable.Range(0, library.Length), index => library[index] != weakened[index]);
        Assert.Equal((0, 2), (library[changed], weakened[changed]));
    }
}
