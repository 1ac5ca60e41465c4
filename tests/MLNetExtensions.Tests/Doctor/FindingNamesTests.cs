using MLVision.MLNetExtensions.Doctor;

namespace MLNetExtensions.Tests.Doctor;

public sealed class FindingNamesTests
{
    [Fact]
    public void Of_EveryKind_IsAWordOfItsOwn()
    {
        var names = Enum.GetValues<FindingKind>().Select(FindingNames.Of).ToList();

        Assert.All(names, name => Assert.Matches("^[a-z-]+$", name));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void Of_NoKind_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => FindingNames.Of((FindingKind)99));
}
