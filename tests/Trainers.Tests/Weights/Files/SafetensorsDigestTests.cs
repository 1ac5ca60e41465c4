using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files;

public class SafetensorsDigestTests
{
    private static readonly byte[] Sound = Write();

    [Fact]
    public void Write_File_NamesTheSha256OfItselfWithZerosInItsPlace()
    {
        var text = Encoding.Latin1.GetString(Sound);
        var at = text.IndexOf("\"content_sha256\":\"", StringComparison.Ordinal) + "\"content_sha256\":\"".Length;
        var blank = Encoding.Latin1.GetBytes(text[..at] + new string('0', 64) + text[(at + 64)..]);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(blank)), text[at..(at + 64)]);
    }

    [Fact]
    public void Open_Whole_HidesTheDigest() => CheckpointFiles.With(Sound, path =>
    {
        using var file = WeightsFile.Open(path);

        Assert.Equal(["architecture"], file.About.Keys);
        return true;
    });

    /// <summary>Bits of the key itself, which then is another, are the only ones that are missed; nothing else has changed then.</summary>
    [Fact]
    public void Open_AnyBitFlipped_IsRefused()
    {
        var key = Sound.AsSpan().IndexOf("content_sha256"u8);
        CheckpointFiles.With(Sound, path =>
        {
            for (var i = 0; i < Sound.Length; i++)
            {
                var damaged = (byte[])Sound.Clone();
                damaged[i] ^= 1;
                CheckpointFiles.Rewrite(path, damaged);
                var error = Record.Exception(() => WeightsFile.Open(path).Dispose());
                Assert.True(error is WeightsFileException == (i < key || i >= key + 14), $"byte {i}: {error?.Message}");
            }

            return true;
        });
    }

    /// <summary>Cuts, zeros in place of a block, blocks that change places, bytes at random, bytes that are gone.</summary>
    [Fact]
    public void Open_DamagedBlocks_IsRefused()
    {
        var random = new Random(1);
        CheckpointFiles.With(Sound, path =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                var damaged = Damage(random);
                CheckpointFiles.Rewrite(path, damaged);
                var error = Record.Exception(() => WeightsFile.Open(path).Dispose());
                Assert.True(error is WeightsFileException || damaged.AsSpan().SequenceEqual(Sound) || !HasKey(damaged), $"{i}: {error}");
            }

            return true;
        });
    }

    private static bool HasKey(byte[] file) => file.AsSpan().IndexOf("\"content_sha256\":\""u8) >= 0;

    private static byte[] Damage(Random random)
    {
        var (file, length) = ((byte[])Sound.Clone(), random.Next(1, 40));
        var (at, other) = (random.Next(file.Length - length), random.Next(file.Length - length));
        switch (random.Next(5))
        {
            case 0:
                return file[..at];
            case 1:
                file.AsSpan(at, length).Clear();
                return file;
            case 2:
                random.NextBytes(file.AsSpan(at, length));
                return file;
            case 3:
                return [.. file[..at], .. file[(at + length)..]];
            default:
                Sound.AsSpan(at, length).CopyTo(file.AsSpan(other));
                Sound.AsSpan(other, length).CopyTo(file.AsSpan(at));
                return file;
        }
    }

    [Fact]
    public void Open_Changed_SaysWhatToDo()
    {
        var damaged = (byte[])Sound.Clone();
        damaged[^1] ^= 1;

        Assert.EndsWith(
            "is damaged: its content is not what was written, as its content_sha256 tells; take another copy of it, or, if a program "
            + "changed it on purpose, take that entry out of its metadata.",
            CheckpointFiles.Refusal(damaged), StringComparison.Ordinal);
        Assert.True(CheckpointFiles.With(CheckpointFiles.WithNewDigest(damaged), path =>
        {
            using var file = WeightsFile.Open(path);
            return file.Tensors.Count == 1;
        }));
    }

    private static byte[] Write()
    {
        using var stream = new MemoryStream();
        var tensor = new TensorProto { Name = "a", Dims = { 3 }, RawData = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };
        SafetensorsWriter.Write(stream, [tensor], new Dictionary<string, string> { ["architecture"] = "x" });
        return stream.ToArray();
    }
}
