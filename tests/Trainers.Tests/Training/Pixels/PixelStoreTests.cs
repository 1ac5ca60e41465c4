using MLVision.Trainers.Training.Pixels;

namespace Trainers.Tests.Training.Pixels;

public sealed class PixelStoreTests
{
    private const int Size = 2;
    private const int Length = Size * Size * 3;

    /// <summary>Five images of twelve bytes, with the budget below, at and above each boundary.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(Length - 1, 0)]
    [InlineData(Length, 1)]
    [InlineData((3 * Length) - 1, 2)]
    [InlineData(3 * Length, 3)]
    [InlineData((5 * Length) - 1, 4)]
    [InlineData(5 * Length, 5)]
    [InlineData(6 * Length, 5)]
    [InlineData(long.MaxValue, 5)]
    public void Append_Budget_KeepsWholeImagesInMemoryAndTheRestInTheFile(long memoryBytes, int expectedInMemory)
    {
        using var store = new PixelStore(Size, memoryBytes);

        Fill(store, 5);

        Assert.Equal((expectedInMemory * Length, (5 - expectedInMemory) * Length), (store.BytesInMemory, store.BytesInFile));
        Assert.Equal(expectedInMemory == 5, store.Folder is null);
        AssertImages(store, 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4 * Length)]
    public void Read_OtherNumbers_GivesThemInTheirOrder(long memoryBytes)
    {
        using var store = new PixelStore(Size, memoryBytes);
        Fill(store, 8);

        using var pixels = store.Read([6, 1, 6]);

        Assert.Equal(Image(6), pixels[0]);
        Assert.Equal(Image(1), pixels[1]);
        Assert.Equal(Image(6), pixels[2]);
    }

    [Fact]
    public void Read_FileThatChanged_NamesTheImage()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The file is open for nobody else.");
        var path = Path.GetTempFileName();
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var store = new PixelStore(Size, memoryBytes: 0, createFile: () => new PixelFile(file, "/scratch"));
        Fill(store, 3);
        RandomAccess.Write(file, [(byte)(Image(1)[4] ^ 1)], Length + 4);

        Assert.Equal(Image(0), At(store, 0));
        Assert.StartsWith(
            "The file of pixels in the temporary folder '/scratch' is damaged: image 1 is not what was written to it.",
            Assert.Throws<IOException>(() => At(store, 1)).Message, StringComparison.Ordinal);
        File.Delete(path);

        static byte[] At(PixelStore store, int number)
        {
            using var pixels = store.Read([number]);
            return pixels[0].ToArray();
        }
    }

    /// <summary>An image of 300 pixels is 270,000 bytes: three to a block of memory.</summary>
    [Fact]
    public void Read_SeveralBlocksAndTheFile_GivesEveryImage()
    {
        const int Large = 300;
        using var store = new PixelStore(Large, memoryBytes: 7 * Large * Large * 3);
        var images = Enumerable.Range(0, 11).Select(i => Enumerable.Repeat((byte)(i + 1), Large * Large * 3).ToArray()).ToList();
        images.ForEach(image => store.Append(image));
        store.Seal();

        using var pixels = store.Read([.. Enumerable.Range(0, 11)]);

        for (var i = 0; i < 11; i++)
        {
            Assert.True(pixels[i].SequenceEqual(images[i]), $"image {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500 * Length)]
    [InlineData(long.MaxValue)]
    public void Append_ManyThreads_GivesEachImageItsOwnNumber(long memoryBytes)
    {
        const int Images = 1000;
        using var store = new PixelStore(Size, memoryBytes);
        var numbers = new int[Images];

        Parallel.For(0, Images, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => numbers[i] = store.Append(Image(i)));

        store.Seal();
        Assert.Equal(Enumerable.Range(0, Images), numbers.Order());
        using var pixels = store.Read(numbers);
        for (var i = 0; i < Images; i++)
        {
            Assert.True(pixels[i].SequenceEqual(Image(i)), $"image {i}");
        }
    }

    [Fact]
    public void Read_ManyThreads_AllSeeTheImages()
    {
        using var store = new PixelStore(Size, memoryBytes: 50 * Length);
        Fill(store, 100);

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => AssertImages(store, 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Dispose_WhileReading_LetsTheReaderFinish(long memoryBytes)
    {
        var store = new PixelStore(Size, memoryBytes);
        Fill(store, 3);
        using var pixels = store.Read([0, 1, 2]);

        store.Dispose();

        Assert.Equal(Image(2), pixels[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Read_Disposed_Throws(long memoryBytes)
    {
        var store = new PixelStore(Size, memoryBytes);
        Fill(store, 3);
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.Read([0]).Dispose());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Append_Disposed_Throws(long memoryBytes)
    {
        var store = new PixelStore(Size, memoryBytes);
        store.Append(Image(0));
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.Append(Image(1)));
    }

    /// <summary>The writers meet the disposal anywhere: each append either works or says that the store is disposed.</summary>
    [Fact]
    public void Dispose_WhileAppending_EndsTheWriters()
    {
        for (var round = 0; round < 20; round++)
        {
            var store = new PixelStore(Size, memoryBytes: 0);
            var begun = new CountdownEvent(2);
            var writers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                begun.Signal();
                while (true)
                {
                    store.Append(Image(0));
                }
            })).ToArray();
            begun.Wait(TestContext.Current.CancellationToken);

            store.Dispose();

            var errors = Assert.Throws<AggregateException>(() => Task.WaitAll(writers, TestContext.Current.CancellationToken));
            Assert.All(errors.InnerExceptions, error => Assert.IsType<ObjectDisposedException>(error));
        }
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var store = new PixelStore(Size, memoryBytes: 0);
        Fill(store, 2);
        store.Dispose();

        var error = Record.Exception(store.Dispose);

        Assert.Null(error);
    }

    [Fact]
    public void Append_Sealed_Throws()
    {
        using var store = new PixelStore(Size, memoryBytes: 0);
        Fill(store, 1);

        Assert.Throws<InvalidOperationException>(() => store.Append(Image(1)));
    }

    [Fact]
    public void Read_NotSealed_Throws()
    {
        using var store = new PixelStore(Size, memoryBytes: 0);
        store.Append(Image(0));

        Assert.Throws<InvalidOperationException>(() => store.Read([0]).Dispose());
    }

    [Theory]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    public void Append_ImageOfAnotherSize_Throws(int length)
    {
        using var store = new PixelStore(Size, memoryBytes: 0);

        Assert.Throws<ArgumentException>("image", () => store.Append(new byte[length]));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, 3)]
    public void Read_NumberThatIsNotThere_Throws(long memoryBytes, int number)
    {
        using var store = new PixelStore(Size, memoryBytes);
        Fill(store, 3);

        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using var pixels = store.Read([number]);
            _ = pixels[0];
        });
    }

    [Fact]
    public void Seal_Empty_IsFine()
    {
        using var store = new PixelStore(Size, memoryBytes: 0);

        store.Seal();

        Assert.Equal((0, 0L, 0L), (store.Count, store.BytesInMemory, store.BytesInFile));
        Assert.Null(store.Folder);
    }

    /// <summary>/dev/full takes no byte and answers as a full disk does.</summary>
    [Fact]
    public void Append_FullDisk_NamesFolderNeedAndRemedies()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /dev/full.");
        using var store = new PixelStore(
            Size, memoryBytes: Length, expectedImages: null, () =>
                new PixelFile(File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write), "/scratch"));
        store.Append(Image(0));

        var error = Assert.Throws<IOException>(() => store.Append(Image(1)));

        Assert.StartsWith(
            "Pixels that go beyond PixelMemoryMegabytes need a file of 12 bytes or more, and the temporary folder '/scratch' does not " +
            "take it: No space left on device",
            error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Free space there, name another folder in the environment variable TMPDIR, raise PixelMemoryMegabytes, or lower ImageSize.",
            error.Message, StringComparison.Ordinal);
    }

    /// <summary>10¹⁵ images of twelve bytes, one of them in memory: more than any disk holds.</summary>
    [Fact]
    public void Append_MoreImagesExpectedThanTheDiskHolds_SaysSoAtTheFirst()
    {
        using var store = new PixelStore(Size, memoryBytes: Length, expectedImages: 1_000_000_000_000_000);
        store.Append(Image(0));

        var error = Assert.Throws<IOException>(() => store.Append(Image(1)));

        Assert.StartsWith("Pixels that go beyond PixelMemoryMegabytes need a file of 12 PB, and ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" free. Free space there, ", error.Message, StringComparison.Ordinal);
    }

    private static void Fill(PixelStore store, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(i, store.Append(Image(i)));
        }

        store.Seal();
    }

    /// <summary>Twelve bytes that no other image below 10,000 has.</summary>
    private static byte[] Image(int number) =>
        [.. Enumerable.Range(0, Length).Select(i => (byte)(i % 2 == 0 ? number % 251 : (number / 251) + i))];

    private static void AssertImages(PixelStore store, int count)
    {
        using var pixels = store.Read([.. Enumerable.Range(0, count)]);
        for (var i = 0; i < count; i++)
        {
            Assert.True(pixels[i].SequenceEqual(Image(i)), $"image {i}");
        }
    }
}
