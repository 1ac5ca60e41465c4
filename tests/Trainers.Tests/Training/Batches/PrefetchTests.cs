using MLVision.Trainers.Training.Batches;

namespace Trainers.Tests.Training.Batches;

public sealed class PrefetchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void OneAhead_Elements_ComeInTheirOrder(int count)
    {
        var source = Enumerable.Range(0, count).Select(i => new Element(i));

        var received = Prefetch.OneAhead(source).Select(element => element.Number);

        Assert.Equal(Enumerable.Range(0, count), received);
    }

    [Fact]
    public void OneAhead_WhileAnElementIsUsed_MakesTheNextOneAndNoMore()
    {
        using var second = new ManualResetEventSlim();
        var made = 0;
        IEnumerable<Element> Source()
        {
            for (var i = 0; i < 4; i++)
            {
                made++;
                if (made == 2)
                {
                    second.Set();
                }

                yield return new Element(i);
            }
        }

        foreach (var element in Prefetch.OneAhead(Source()))
        {
            Assert.True(second.Wait(Patience, TestContext.Current.CancellationToken));    // it is made while the first is held
            Assert.True(Volatile.Read(ref made) <= element.Number + 2);
        }
    }

    [Fact]
    public void OneAhead_SourceThatThrows_ThrowsTheSameAfterTheElementsBefore()
    {
        var fault = new InvalidDataException("broken");
        IEnumerable<Element> Source()
        {
            yield return new Element(0);
            yield return new Element(1);
            throw fault;
        }

        var received = new List<int>();
        var thrown = Record.Exception(() => received.AddRange(Prefetch.OneAhead(Source()).Select(element => element.Number)));

        Assert.Same(fault, thrown);
        Assert.Equal([0, 1], received);
    }

    [Fact]
    public void OneAhead_StoppedEarly_DisposesTheElementThatNobodyReceived()
    {
        var elements = Enumerable.Range(0, 4).Select(i => new Element(i)).ToList();

        var received = Prefetch.OneAhead(elements).First();

        Assert.Equal([false, true, false, false], elements.Select(element => element.IsDisposed));
        Assert.Same(elements[0], received);
    }

    [Fact]
    public void OneAhead_ReceiverThatThrows_DisposesTheElementAheadAndTheSource()
    {
        var (elements, isClosed) = (Enumerable.Range(0, 4).Select(i => new Element(i)).ToList(), false);
        IEnumerable<Element> Source()
        {
            try
            {
                foreach (var element in elements)
                {
                    yield return element;
                }
            }
            finally
            {
                isClosed = true;
            }
        }

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var element in Prefetch.OneAhead(Source()))
            {
                throw new OperationCanceledException();
            }
        });

        Assert.True(elements[1].IsDisposed);
        Assert.True(isClosed);
    }

    [Fact]
    public void OneAhead_StoppedEarlyWhileTheNextFails_StopsWithoutAWord()
    {
        IEnumerable<Element> Source()
        {
            yield return new Element(0);
            throw new OperationCanceledException();
        }

        var received = Prefetch.OneAhead(Source()).First();

        Assert.Equal(0, received.Number);
    }

    private sealed class Element(int number) : IDisposable
    {
        public int Number => number;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
