using MLVision.MLNetExtensions.Files;

namespace MLNetExtensions.Tests.Files;

public sealed class FolderClaimTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("claim-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TakeOver_ClaimHeld_GivesNothing()
    {
        using var held = FolderClaim.Take(_folder);

        using var taken = FolderClaim.TakeOver(_folder);

        Assert.NotNull(held);
        Assert.Null(taken);
    }

    [Fact]
    public void TakeOver_ClaimReleased_Takes()
    {
        FolderClaim.Take(_folder)!.Dispose();

        using var taken = FolderClaim.TakeOver(_folder);

        Assert.NotNull(taken);
    }

    [Fact]
    public void TakeOver_NeverClaimed_GivesNothing() => Assert.Null(FolderClaim.TakeOver(_folder));

    [Fact]
    public void TakeOver_TakenOverAlready_GivesNothing()
    {
        FolderClaim.Take(_folder)!.Dispose();
        using var first = FolderClaim.TakeOver(_folder);

        using var second = FolderClaim.TakeOver(_folder);

        Assert.Null(second);
    }
}
