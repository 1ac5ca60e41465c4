using MLVision.Trainers.Files;

namespace Trainers.Tests.Files;

/// <summary>Runs alone: the environment belongs to the whole process.</summary>
[Collection(ProcessState.Name)]
public sealed class UserCacheTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable(UserCache.FolderVariable);

    public void Dispose() => Environment.SetEnvironmentVariable(UserCache.FolderVariable, _before);

    [Fact]
    public void Folder_VariableSet_LiesThere()
    {
        Environment.SetEnvironmentVariable(UserCache.FolderVariable, Path.GetTempPath());

        Assert.Equal(Path.Combine(Path.GetTempPath(), "weights"), UserCache.Folder("weights"));
    }

    [Fact]
    public void Folder_RelativeFolderInVariable_IsMadeFull()
    {
        Environment.SetEnvironmentVariable(UserCache.FolderVariable, "cache");

        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "cache", "weights"), UserCache.Folder("weights"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Folder_NoVariable_LiesInTheUsersApplicationData(string? value)
    {
        Environment.SetEnvironmentVariable(UserCache.FolderVariable, value);
        var applicationData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        var expected = applicationData.Length > 0 ? Path.Combine(applicationData, "mlvision", "weights") : null;

        Assert.Equal(expected, UserCache.Folder("weights"));
    }
}
