using System.Numerics.Tensors;
using System.Security.Cryptography;
using MLVision.MLNetExtensions.Doctor.Pictures;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Archives;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Doctor;

/// <summary>All images, each read and decoded once: what its file and its pixels tell, and its features.</summary>
internal sealed class ImageSurvey
{
    /// <summary>Width and height of the squares where there are no features that ask for another size.</summary>
    private const int UsualSize = 256;

    private readonly IImageFeatures? _network;
    private readonly float[] _features;

    private ImageSurvey(IReadOnlyList<DoctorImage> images, IImageFeatures? network)
    {
        (Images, _network, Seen) = (images, network, new SeenImage[images.Count]);
        _features = new float[(long)images.Count * FeatureWidth];
    }

    /// <summary>The images.</summary>
    public IReadOnlyList<DoctorImage> Images { get; }

    /// <summary>What was seen of each.</summary>
    public SeenImage[] Seen { get; }

    /// <summary>Whether there are features.</summary>
    public bool HasFeatures => _network is not null;

    /// <summary>Numbers in the features of an image; 0 where there are none.</summary>
    public int FeatureWidth => _network?.Width ?? 0;

    /// <summary>Indices of the images that could be read.</summary>
    public IReadOnlyList<int> Readable { get; private set; } = [];

    /// <summary>Reads the images on all cores.</summary>
    /// <param name="images">The images.</param>
    /// <param name="network">Computes features; null for none.</param>
    /// <param name="progress">Hears how many images were read; null for no one.</param>
    /// <param name="cancellationToken">Stops before the next image.</param>
    public static ImageSurvey Of(
        IReadOnlyList<DoctorImage> images, IImageFeatures? network, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var survey = new ImageSurvey(images, network);
        var reader = new ImageReader(network?.ImageSize ?? UsualSize, PixelMode.Fast);
        var read = 0;
        using var squares = new ThreadLocal<byte[]>(() => new byte[reader.PixelBytes]);
        ParallelItems.ForEach(
            images.Count, Environment.ProcessorCount,
            index =>
            {
                survey.Seen[index] = survey.Look(reader, index, squares.Value!);
                progress?.Report(Interlocked.Increment(ref read));
            },
            cancellationToken);
        survey.Readable = [.. Enumerable.Range(0, images.Count).Where(index => survey.Seen[index].Error is null)];
        return survey;
    }

    /// <summary>The features of an image, scaled to length 1; zeros where the network gave nothing.</summary>
    public ReadOnlySpan<float> FeaturesOf(int index) => Row(index);

    private Span<float> Row(int index) => _features.AsSpan(index * FeatureWidth, FeatureWidth);

    private SeenImage Look(ImageReader reader, int index, byte[] square)
    {
        byte[] encoded;
        var path = Images[index].ImagePath;
        try
        {
            encoded = ImageArchives.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new SeenImage { Error = ImageFile.WhyMissing(path) ?? e.Message };
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(encoded));
        var (width, height) = ImageFile.SizeOf(encoded) ?? default;
        if (!reader.TryRead(encoded, square, out var reason))
        {
            return new SeenImage { Error = reason, FileDigest = digest, Width = width, Height = height };
        }

        if (_network is not null)
        {
            _network.Compute(square, Row(index));
            ScaleToOne(Row(index));
        }

        var picture = PictureFacts.Of(square, reader.ImageSize);
        return new SeenImage { FileDigest = digest, Width = width, Height = height, Picture = picture };
    }

    private static void ScaleToOne(Span<float> values)
    {
        var length = TensorPrimitives.Norm<float>(values);
        if (float.IsFinite(length) && length > 0)
        {
            TensorPrimitives.Divide(values, length, values);
        }
        else
        {
            values.Clear();
        }
    }
}
