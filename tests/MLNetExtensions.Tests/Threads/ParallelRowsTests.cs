using Microsoft.ML;
using MLVision.MLNetExtensions.Threads;

namespace MLNetExtensions.Tests.Threads;

public sealed class ParallelRowsTests
{
    private const int Rows = 700;    // more than ten of the batches of 64 that ML.NET hands to its worker threads
    private const int BadRow = 333;
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Read_SeveralHundredRows_KeepsTheirOrder()
    {
        var view = View(row => row);

        var read = ParallelRows.Read<int>(view, [view.Schema["Result"]], Reader, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, Rows), read);
    }

    [Fact]
    public void Read_ErrorInOneRow_LosesNoOtherRow()
    {
        var view = View(row => row == BadRow ? throw new InvalidDataException("bad row") : row);

        var read = ParallelRows.Read<int>(view, [view.Schema["Result"]], ForgivingReader, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, Rows).Select(row => row == BadRow ? -1 : row), read);
    }

    [Fact]
    public void Read_ErrorTheReaderLetsThrough_ReachesTheCallerAsItIs()
    {
        var view = View(row => row);

        var error = Assert.Throws<InvalidDataException>(() => ParallelRows.Read<int>(
            view, [view.Schema["Result"]], _ => () => throw new InvalidDataException("bad row"), CancellationToken.None));

        Assert.Equal("bad row", error.Message);
    }

    [Fact]
    public void Read_ErrorInOneReader_StopsTheOthersBeforeTheEnd()
    {
        const int ManyRows = 1_000_000;
        var view = View(row => row, ManyRows);
        var rowsRead = 0;
        Func<DataViewRow, Func<int>> failOnFirstRow = _ => () =>
            Interlocked.Increment(ref rowsRead) == 1 ? throw new InvalidDataException("bad row") : 0;

        Assert.Throws<InvalidDataException>(
            () => ParallelRows.Read<int>(view, [view.Schema["Result"]], failOnFirstRow, CancellationToken.None));

        Assert.InRange(rowsRead, 1, ManyRows / 2);    // measured: some thousands, until the error is known to all
    }

    [Fact]
    public void Read_CancelledBefore_Throws()
    {
        var view = View(row => row);

        Assert.ThrowsAny<OperationCanceledException>(() => ParallelRows.Read<int>(
            view, [view.Schema["Result"]], Reader, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Read_CancelledOnTheWay_StopsAfterTheRowsAtHand()
    {
        using var cancellation = new CancellationTokenSource();
        var view = View(row => row);
        var rowsRead = 0;
        Func<DataViewRow, Func<int>> cancelOnFirstRow = row =>
        {
            var read = Reader(row);
            return () =>
            {
                Interlocked.Increment(ref rowsRead);
                cancellation.Cancel();
                return read();
            };
        };

        Assert.ThrowsAny<OperationCanceledException>(() => ParallelRows.Read<int>(
            view, [view.Schema["Result"]], cancelOnFirstRow, cancellation.Token));

        Assert.InRange(rowsRead, 1, Environment.ProcessorCount);
    }

    [Fact]
    public void Read_EmptyView_GivesNothing()
    {
        var view = _ml.Data.LoadFromEnumerable(Array.Empty<Source>());

        var read = ParallelRows.Read<int>(view, [view.Schema["Number"]], _ => () => 0, CancellationToken.None);

        Assert.Empty(read);
    }

    private IDataView View(Func<int, int> compute, int count = Rows)
    {
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Source { Number = i }));
        var mapping = _ml.Transforms.CustomMapping<Source, Target>(
            (source, target) => target.Result = compute(source.Number), contractName: null);
        return mapping.Fit(rows).Transform(rows);
    }

    private static Func<int> Reader(DataViewRow row)
    {
        var getResult = row.GetGetter<int>(row.Schema["Result"]);
        return () =>
        {
            var result = 0;
            getResult(ref result);
            return result;
        };
    }

    private static Func<int> ForgivingReader(DataViewRow row)
    {
        var read = Reader(row);
        return () =>
        {
            try
            {
                return read();
            }
            catch (InvalidDataException)
            {
                return -1;
            }
        };
    }

    private sealed class Source
    {
        public int Number { get; set; }
    }

    private sealed class Target
    {
        public int Result { get; set; }
    }
}
