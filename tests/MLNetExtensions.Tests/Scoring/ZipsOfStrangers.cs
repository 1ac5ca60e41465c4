using System.IO.Compression;
using Google.Protobuf;
using Microsoft.ML;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;

namespace MLNetExtensions.Tests.Scoring;

/// <summary>Changes entries of a <c>model.zip</c>, whose checksums are then right.</summary>
internal static class ZipsOfStrangers
{
    /// <summary>The ways to load a file.</summary>
    public static IReadOnlyList<Action<string>> Doors { get; } =
    [
        path => ImageClassifier.Load(path).Dispose(),
        path => new MLContext().Model.LoadImageClassifier(path).Dispose(),
        path =>
        {
            using var stream = File.OpenRead(path);
            try
            {
                ImageClassifier.LoadFrom(stream).Dispose();
            }
            catch (MLVision.MLNetExtensions.ModelFileException e)
            {
                throw new MLVision.MLNetExtensions.ModelFileException(
                    e.Message.Replace("The model in the stream", $"'{path}'", StringComparison.Ordinal));
            }
        },
    ];

    /// <summary>Changes the ONNX model.</summary>
    public static void ChangeOnnx(string path, Action<ModelProto> change) => Change(path, zip =>
    {
        var entry = zip.Entries.Single(entry => entry.Name == "OnnxModel");
        using var content = new MemoryStream();
        using (var stream = entry.Open())
        {
            stream.CopyTo(content);
        }

        var model = ModelProto.Parser.ParseFrom(content.ToArray().AsSpan(sizeof(int)));
        OnnxDigest.TakeOut(model);
        change(model);
        var name = entry.FullName;
        entry.Delete();
        var bytes = model.ToByteArray();
        Add(zip, name, [.. BitConverter.GetBytes(bytes.Length), .. bytes]);
    });

    /// <summary>Changes entries.</summary>
    public static void Change(string path, Action<ZipArchive> change)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Update);
        change(zip);
    }

    /// <summary>Adds an entry.</summary>
    public static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(content);
    }
}
