using MLVision.Cli.Scores;

namespace Cli.Tests.Scores;

public sealed class ScoreInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("score-input-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_Manifest_CarriesItsColumnsUnderFreeNames()
    {
        var input = Open("image,label,split,error,given_label,note\n1.jpg,a|b,val,e,g,n\n1.jpg,,,,,\n");

        Assert.Equal(2, input.Count);
        Assert.Equal(["given_label", "split", "given_error", "given_given_label", "note"], input.Carried);
        Assert.Equal(["a|b", "val", "e", "g", "n"], input.From(0, 1).Single().Carried);
        Assert.Equal(("1.jpg", Path.Combine(_folder, "1.jpg")), input.From(1, 9).Select(image => (image.Name, image.Path)).Single());
    }

    [Fact]
    public void Open_ChangedManifest_HasAnotherHash()
    {
        var before = Open("image\n1.jpg\n").Hash;

        Assert.Equal(before, Open("image\n1.jpg\n").Hash);
        Assert.NotEqual(before, Open("image\n2.jpg\n").Hash);
    }

    [Fact]
    public void Open_Folder_NamesImagesBelowItWithSlashes()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "b"));
        File.WriteAllText(Path.Combine(_folder, "b", "2.jpg"), "");
        File.WriteAllText(Path.Combine(_folder, "1.jpg"), "");

        var input = ScoreInput.Open(_folder, TestContext.Current.CancellationToken);

        Assert.Equal(["1.jpg", "b/2.jpg"], input.From(0, 9).Select(image => image.Name));
        Assert.Empty(input.Carried);
    }

    private ScoreInput Open(string text)
    {
        var path = Path.Combine(_folder, "m.csv");
        File.WriteAllText(path, text);
        return ScoreInput.Open(path, TestContext.Current.CancellationToken);
    }
}
