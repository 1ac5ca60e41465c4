using BenchmarkDotNet.Attributes;
using MLVision.MLNetExtensions.Images.Decoding;
using MLVision.MLNetExtensions.Images.Resizing;
using SkiaSharp;

namespace Benchmarks;

/// <summary>Decoded pixels of 500×375 shrunk and enlarged: as ML.NET does it, and as the fast mode does.</summary>
public class ResizeBenchmarks
{
    private readonly SKBitmap _photograph = Photograph.Draw();
    private byte[] _pixels = [];

    /// <summary>Width and height of the square: 224 shrinks the photograph, 448 enlarges it.</summary>
    [Params(224, 448)]
    public int Size { get; set; }

    /// <summary>Makes room for the square.</summary>
    [GlobalSetup]
    public void Setup() => _pixels = new byte[Size * Size * 3];

    /// <summary>The stock chain's cubic, bit for bit.</summary>
    [Benchmark(Baseline = true)]
    public void Exact() => StockResize.Draw(_photograph.Info, _photograph.GetPixels(), Size, _pixels);

    /// <summary>The fast mode's filters: the antialiased one to shrink, the same cubic to enlarge.</summary>
    [Benchmark]
    public void Separable() => FastDecoding.Draw(_photograph.Info, _photograph.GetPixels(), Size, _pixels);
}
