using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Contexts;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Pixels;

namespace Trainers.Tests.Training.Pixels;

/// <remarks>Managed memory is counted for the whole process, so these tests run alone.</remarks>
[Collection(ProcessState.Name)]
public sealed class TrainingImagesTests
{
    private const int Size = 64;
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]      // 81 images of 12,288 bytes
    [InlineData(1000)]
    public void Read_ManyRows_KeepsTheDatasOrder(int megabytes)
    {
        const int Images = 1000;
        var view = _ml.Data.LoadFromEnumerable(Rows(Images));
        using var reader = Reader(view, megabytes);

        var (training, validation) = reader.Read(view, validation: null);

        Assert.Equal((Images, 0), (training.Count, validation.Count));
        Assert.Equal(Enumerable.Range(0, Images).Select(i => i % 2), training.Labels);
        Assert.Equal(Enumerable.Range(0, Images), NumbersOf(training));
    }

    [Fact]
    public void Read_ValidationView_SharesTheStore()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(70));
        using var reader = Reader(view, megabytes: 0);

        var (training, validation) = reader.Read(view, _ml.Data.LoadFromEnumerable(Rows(10)));

        Assert.Same(training.Store, validation.Store);
        Assert.Equal(Enumerable.Range(0, 70), NumbersOf(training));
        Assert.Equal(Enumerable.Range(0, 10), NumbersOf(validation));
    }

    [Fact]
    public void Read_ShareHeldOut_TellsItsRows()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(40));
        using var reader = Reader(view, megabytes: 1000, fraction: 0.2);

        var (_, validation) = reader.Read(view, validation: null);

        Assert.Equal(8, reader.HeldOutRows.Count);
        Assert.Equal(NumbersOf(validation).Order(), reader.HeldOutRows);
    }

    /// <summary>20,000 images of 12,288 bytes are 246 MB; what stays managed is a few dozen bytes for each.</summary>
    [Fact]
    public void Read_PixelsInAFile_TakesNoMemoryForThem()
    {
        const int Images = 20_000;
        const long Allowed = 16_000_000;
        var (before, most) = (0L, 0L);
        var view = _ml.Data.LoadFromEnumerable(Rows(Images, number =>
        {
            if (number % 1000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }
        }));
        using var reader = Reader(view, megabytes: 0);
        before = GC.GetTotalMemory(forceFullCollection: true);

        var (training, _) = reader.Read(view, validation: null);

        Assert.Equal(Images, training.Count);
        Assert.InRange(most - before, long.MinValue, Allowed);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Allowed);
    }

    [Fact]
    public void Read_Cancelled_LeavesNothing()
    {
        using var temporary = new PrivateTemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var view = _ml.Data.LoadFromEnumerable(Rows(5000, number =>
        {
            if (number == 1000)
            {
                cancellation.Cancel();
            }
        }));
        var reader = Reader(view, megabytes: 0, cancellation);

        Assert.ThrowsAny<OperationCanceledException>(() => reader.Read(view, validation: null));

        reader.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void Dispose_Reader_ClosesTheSets()
    {
        var view = _ml.Data.LoadFromEnumerable(Rows(10));
        var reader = Reader(view, megabytes: 0);
        var (training, _) = reader.Read(view, validation: null);

        reader.Dispose();

        Assert.Throws<ObjectDisposedException>(() => training.Read().Dispose());
    }

    private TrainingImages Reader(IDataView view, int megabytes, CancellationTokenSource? cancellation = null, double fraction = 0) => new(
        MLEnvironment.Of(_ml.Transforms),
        view,
        new ImageTrainingOptions
        {
            ImageColumnName = nameof(Row.Pixels),
            ValidationFraction = fraction,
            PixelMemoryMegabytes = megabytes,
            CancellationToken = cancellation?.Token ?? TestContext.Current.CancellationToken,
        },
        new ImagePreprocessing(Size, Size, new Normalization([0, 0, 0], [1, 1, 1])),
        NullLogger.Instance);

    /// <summary>Rows whose pixels begin with their number, made one at a time.</summary>
    private static IEnumerable<Row> Rows(int count, Action<int>? onRow = null)
    {
        for (var i = 0; i < count; i++)
        {
            onRow?.Invoke(i);
            var row = new Row { Label = (uint)(i % 2) };
            (row.Pixels[0], row.Pixels[1]) = ((byte)(i % 256), (byte)(i / 256));
            yield return row;
        }
    }

    private static int[] NumbersOf(PixelSet set)
    {
        using var pixels = set.Read();
        var numbers = new int[set.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = pixels[i][0] + (256 * pixels[i][1]);
        }

        return numbers;
    }

    private sealed class Row
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(Size, Size, 3)]
        public byte[] Pixels { get; set; } = new byte[Size * Size * 3];
    }
}
