using System.IO.Compression;
using MLVision.MLNetExtensions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>Zips whose chain is not what it says: each is refused by every door in one sentence.</summary>
public sealed class ZipsOfStrangersTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_StepThatNoChainNames_IsRefused() => AssertRefused(
        zip => ZipsOfStrangers.Add(zip, "TransformerChain/Transform_003/Model.key", []),
        "it has 11 folders of steps, of which its chains name 10; one too many is 'TransformerChain/Transform_003/'");

    [Fact]
    public void Load_StepThatIsMissing_IsRefused() => AssertRefused(
        zip => zip.GetEntry("TransformerChain/Transform_001/Transform_004/Model.key")!.Delete(),
        "its chain has 7 steps, but 'TransformerChain/Transform_001/Transform_004/' is missing");

    [Fact]
    public void Load_StepsInAStep_IsRefused() => AssertRefused(
        zip => ZipsOfStrangers.Add(zip, "TransformerChain/Transform_000/Transform_000/Model.key", []),
        "its folder 'TransformerChain/Transform_000/' holds steps, but is no chain");

    [Fact]
    public void Load_ManySteps_TakeNoTime() => AssertRefused(
        zip =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                ZipsOfStrangers.Add(zip, $"TransformerChain/Transform_{i + 1000}/Model.key", []);
            }
        },
        "entries, and a model has at most 1,000");

    [Fact]
    public void Load_EntryThatClimbs_IsRefused() => AssertRefused(
        zip => ZipsOfStrangers.Add(zip, "../../evil", [1]), "it has an entry of a name that no model has: '../../evil'");

    [Fact]
    public void Load_OneEntryTwice_IsRefused() => AssertRefused(
        zip => ZipsOfStrangers.Add(zip, "Schema", [1]), "it has two entries 'Schema'");

    [Theory]
    [InlineData("OnnxModel")]
    [InlineData("Terms.txt")]
    [InlineData("DefaultMap.idv")]
    [InlineData("Version.txt")]
    public void Load_FlippedBit_NamesTheEntry(string name)
    {
        var path = TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip"));
        ZipsOfStrangers.Change(path, zip =>
        {
            // Without compression, so that only the checksum tells.
            var entry = zip.Entries.Single(entry => entry.Name == name);
            using var content = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            entry.Delete();
            using var stored = zip.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
            stored.Write([.. content.ToArray()]);
        });
        var (bytes, mark) = (File.ReadAllBytes(path), System.Text.Encoding.ASCII.GetBytes(name));
        bytes[bytes.AsSpan().IndexOf(mark) + mark.Length + 10] ^= 1;
        File.WriteAllBytes(path, bytes);

        foreach (var load in ZipsOfStrangers.Doors)
        {
            Assert.Matches(
                $"^'[^']+' is not an ML.NET model, or it is damaged \\(its entry '[^']*{name}' is not what was packed: its checksum is "
                + "[0-9a-f]{8} instead of [0-9a-f]{8}\\); save it again\\.$",
                Assert.Throws<ModelFileException>(() => load(path)).Message);
        }
    }

    private void AssertRefused(Action<ZipArchive> change, string sentence)
    {
        var path = TinyClassifier.WriteZip(Path.Combine(_files.Folder, "model.zip"));
        ZipsOfStrangers.Change(path, change);

        foreach (var load in ZipsOfStrangers.Doors)
        {
            var message = Assert.Throws<ModelFileException>(() => load(path)).Message;
            Assert.StartsWith($"'{path}' is not an ML.NET model, or it is damaged (", message, StringComparison.Ordinal);
            Assert.Contains(sentence, message, StringComparison.Ordinal);
            Assert.EndsWith("); save it again.", message, StringComparison.Ordinal);
        }
    }
}
