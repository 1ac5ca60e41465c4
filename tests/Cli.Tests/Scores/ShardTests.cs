using MLVision.Cli.Scores;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Scores;

public class ShardTests
{
    [Theory]
    [InlineData(10, 4)]
    [InlineData(3, 4)]
    [InlineData(1_999_999_999, 7)]
    public void RangeOf_AllShards_CoverTheRowsInOrder(int rows, int count)
    {
        var next = 0;
        var lengths = new List<int>();
        for (var index = 0; index < count; index++)
        {
            var (first, length) = new Shard(index, count).RangeOf(rows);
            Assert.Equal(next, first);
            next += length;
            lengths.Add(length);
        }

        Assert.Equal(rows, next);
        Assert.InRange(lengths.Max() - lengths.Min(), 0, 1);
    }

    [Theory]
    [InlineData("5/4", "--shard asks for shard 5 of 4; shards are counted from 0, so that these are 0/4 to 3/4.")]
    [InlineData("4/4", "--shard asks for shard 4 of 4; shards are counted from 0, so that these are 0/4 to 3/4.")]
    [InlineData("-1/4", "--shard asks for shard -1 of 4; shards are counted from 0, so that these are 0/4 to 3/4.")]
    [InlineData("0/0", "--shard asks for 0 shards; there must be at least 1.")]
    [InlineData("3", "--shard is '3'; expected I/N, such as 0/4 for the first of four.")]
    [InlineData("a/4", "--shard is 'a/4'; expected I/N, such as 0/4 for the first of four.")]
    [InlineData("1/2/3", "--shard is '1/2/3'; expected I/N, such as 0/4 for the first of four.")]
    public void Parse_NoShard_SaysSo(string text, string sentence)
    {
        var error = Assert.Throws<ImageClassificationException>(() => Shard.Parse(text));

        Assert.Equal(sentence, error.Message);
    }

    [Fact]
    public void FileOf_Shard_HasItsNumbersBeforeTheEnding()
    {
        var file = Shard.Parse("2/4").FileOf(Path.Combine("out", "a.b.csv"));

        Assert.Equal(Path.Combine("out", "a.b-00002-of-00004.csv"), file);
    }
}
