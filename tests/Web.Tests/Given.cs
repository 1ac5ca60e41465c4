using System.Net.Http.Headers;
using System.Reflection;
using Google.Protobuf;
using MLNetExtensions.Tests.Scoring;

namespace Web.Tests;

/// <summary>Models, images and requests that tests begin with.</summary>
internal static class Given
{
    public static string Flowers => Metadata("Flowers");

    public static string RepositoryRoot => Path.GetFullPath(Metadata("RepositoryRoot"));

    /// <summary>A model of three colours that gives a heat map; returns its path.</summary>
    public static string ModelWithHeat(string path, params string[] labels)
    {
        var model = TinyClassifier.Model(labels);
        TinyClassifier.AddHeat(model);
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    /// <summary>A form with an image.</summary>
    public static MultipartFormDataContent Form(byte[] image, string fileName = "x.png") =>
        new() { { Body(image, "image/png"), "image", fileName } };

    public static ByteArrayContent Body(byte[] image, string mediaType)
    {
        var body = new ByteArrayContent(image);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return body;
    }

    /// <summary>Copies photographs of two flowers below a folder, so many of each.</summary>
    public static void CopyFlowers(string folder, int images)
    {
        foreach (var label in new[] { "daisy", "sunflowers" })
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, label)).FullName;
            foreach (var image in Directory.GetFiles(Path.Combine(Flowers, "train", label)).Order(StringComparer.Ordinal).Take(images))
            {
                File.Copy(image, Path.Combine(target, Path.GetFileName(image)));
            }
        }
    }

    private static string Metadata(string key) =>
        typeof(Given).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
