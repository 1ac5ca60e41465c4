using BenchmarkDotNet.Attributes;
using MLVision.MLNetExtensions.Images;
using SkiaSharp;

namespace Benchmarks;

/// <summary>
/// A photograph of 500×375 as JPEG: decoded whole, decoded at the fraction that 224 pixels need, and read to 224 pixels both ways.
/// </summary>
public class DecodeBenchmarks
{
    private const int Size = 224;
    private const float Fraction = 5 / 8f;

    private readonly byte[] _jpeg = Photograph.Jpeg();
    private readonly byte[] _decoded = new byte[Photograph.Width * Photograph.Height * 4];
    private readonly byte[] _pixels = new byte[Size * Size * 3];
    private readonly ImageReader _exact = new(Size, PixelMode.Exact);
    private readonly ImageReader _fast = new(Size, PixelMode.Fast);

    /// <summary>The decoder alone, at full size.</summary>
    [Benchmark(Baseline = true)]
    public SKCodecResult DecodeFull() => Decode(1);

    /// <summary>The decoder alone, at 5/8: the shorter side becomes 235.</summary>
    [Benchmark]
    public SKCodecResult DecodeScaled() => Decode(Fraction);

    /// <summary>To the model's pixels, as ML.NET's chain has them.</summary>
    [Benchmark]
    public bool ReadExact() => _exact.TryRead(_jpeg, _pixels, out _);

    /// <summary>To the model's pixels, fast.</summary>
    [Benchmark]
    public bool ReadFast() => _fast.TryRead(_jpeg, _pixels, out _);

    private unsafe SKCodecResult Decode(float fraction)
    {
        fixed (byte* source = _jpeg, target = _decoded)
        {
            using var data = SKData.Create((nint)source, _jpeg.Length);
            using var codec = SKCodec.Create(data);
            var size = codec.GetScaledDimensions(fraction);
            return codec.GetPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Bgra8888, SKAlphaType.Opaque), (nint)target);
        }
    }
}
