using System.Security.Cryptography;
using System.Text;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files;

/// <summary>The weights files that Fixtures/checkpoints.py wrote, and files of a test's own bytes.</summary>
internal static class CheckpointFiles
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures", "checkpoints");

    public static IReadOnlyList<string> All => [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal)];

    public static string Find(string name) => Path.Combine(Folder, name);

    /// <summary>Opens a file of these bytes, hands it over, and deletes it.</summary>
    public static T With<T>(byte[] content, Func<string, T> use)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, content);
            return use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Gives a safetensors file that was changed the digest of its new content, as who changes it on purpose can.</summary>
    public static byte[] WithNewDigest(byte[] file)
    {
        var changed = (byte[])file.Clone();
        var place = SafetensorsDigest.PlaceIn(changed);
        Encoding.ASCII.GetBytes(SafetensorsDigest.Blank, changed.AsSpan(place));
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(changed)), changed.AsSpan(place));
        return changed;
    }

    /// <summary>Replaces a file's bytes in place: many times faster than making it anew.</summary>
    public static void Rewrite(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        RandomAccess.SetLength(file, content.Length);
    }

    /// <summary>The sentence with which a file of these bytes is refused.</summary>
    public static string Refusal(byte[] content) => With(content, path =>
    {
        var message = Assert.Throws<WeightsFileException>(() => WeightsFile.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    });

    /// <summary>A safetensors file of this header.</summary>
    public static byte[] Safetensors(string header, int dataLength = 0) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[dataLength]];

    /// <summary>A file of PyTorch's older format whose object is this pickle, with one storage, 'k', of these floats.</summary>
    public static byte[] Legacy(string pickle, params float[] storage) => LegacyOfKey("U\u0001k", pickle, storage);

    /// <summary>The same with another key, whose opcodes these are.</summary>
    public static byte[] LegacyOfKey(string key, string pickle, params float[] storage) =>
    [
        .. Convert.FromHexString("80028A0A6CFC9C46F9206AA850192E" + "80024DE9032E" + "80027D2E"),
        .. Encoding.Latin1.GetBytes("\u0080\u0002" + pickle + "."),
        .. Encoding.Latin1.GetBytes("\u0080\u0002](" + key + "e."),
        .. BitConverter.GetBytes((long)storage.Length),
        .. storage.SelectMany(BitConverter.GetBytes),
    ];

    /// <summary>The opcodes that rebuild a tensor of storage 'k'; sizes and strides are opcodes too.</summary>
    public static string Tensor(int count, string shape, string strides, string offset = "K\u0000", string view = "N")
    {
        var storage = $"(U\u0007storagectorch\nFloatStorage\nU\u0001kU\u0003cpuK{(char)count}{view}tQ";
        return $"ctorch._utils\n_rebuild_tensor\n({storage}{offset}{shape}{strides}tR";
    }

    /// <summary>The opcodes of a dictionary with this one value, named 'w'.</summary>
    public static string Dictionary(string value) => "}U\u0001w" + value + "s";

    public static float[] Values(this StoredTensor tensor)
    {
        var values = new float[tensor.Count];
        tensor.CopyTo(values);
        return values;
    }
}
