using BenchmarkDotNet.Attributes;
using MLNetExtensions;
using SkiaSharp;

namespace Benchmarks;

/// <summary>Decoded pixels of 500×375, brought to 224: as ML.NET does it, and by averaging.</summary>
public class ResizeBenchmarks
{
    private const int Size = 224;

    private readonly SKBitmap _photograph = Photograph.Draw();
    private readonly byte[] _pixels = new byte[Size * Size * 3];

    /// <summary>The stock chain's cubic, bit for bit.</summary>
    [Benchmark(Baseline = true)]
    public void Exact() => StockResize.Draw(_photograph.Info, _photograph.GetPixels(), Size, _pixels);

    /// <summary>The antialiased filter of the fast mode.</summary>
    [Benchmark]
    public void Antialiased() => FastDecoding.Draw(_photograph.Info, _photograph.GetPixels(), Size, _pixels);
}
