using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring.Sessions;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.Sessions;

/// <summary>There is no GPU here: the memory comes from the same allocators, by the CPU's name.</summary>
public sealed class PageLockedMemoryTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly ClassifierSession _session;

    public PageLockedMemoryTests() => _session = ClassifierSession.Open(
        TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx")), ComputeDevice.Cpu);

    public void Dispose()
    {
        _session.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void TryAllocate_Memory_IsWhatASessionReads()
    {
        const int Size = TinyClassifier.ImageSize;
        using var memory = Allocate<byte>(3 * _session.PixelBytes)!;
        memory.Memory.Span.Clear();
        var blue = memory.Memory[(2 * _session.PixelBytes)..];
        for (var pixel = 0; pixel < Size * Size; pixel++)
        {
            blue.Span[(3 * pixel) + 2] = 255;
        }

        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, blue, [1, Size, Size, 3]);
        using var options = new RunOptions();
        using var outputs = _session.Session.Run(options, [_session.PixelsPort], [input], ["PredictedIndex"]);

        Assert.Equal(2, outputs[0].GetTensorDataAsSpan<long>()[0]);
        Assert.Equal(3 * _session.PixelBytes, memory.Memory.Length);
    }

    [Fact]
    public void TryAllocate_Floats_HoldsSoMany()
    {
        using var memory = Allocate<float>(1000)!;

        memory.GetSpan()[999] = 1;

        Assert.Equal((1000, 1f), (memory.Memory.Length, memory.Memory.Span[999]));
    }

    [Fact]
    public void TryAllocate_SessionWithoutMemoryOfTheKind_IsNull() => Assert.Null(PageLockedMemory<byte>.TryAllocate(
        _session, 100, OrtMemoryInfo.allocatorCUDA_PINNED, OrtMemType.CpuOutput));

    [Fact]
    public void TryAllocate_OnACpu_IsNull() => Assert.Null(PageLockedMemory<byte>.TryAllocate(_session, 100));

    [Fact]
    public void TryAllocate_MoreThanThereCanBe_IsNull() => Assert.Null(Allocate<double>(int.MaxValue));

    private PageLockedMemory<T>? Allocate<T>(int length)
        where T : unmanaged => PageLockedMemory<T>.TryAllocate(_session, length, OrtMemoryInfo.allocatorCPU, OrtMemType.Default);
}
