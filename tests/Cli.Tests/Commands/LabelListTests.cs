using System.Text;
using MLVision.Cli.Commands;
using MLVision.MLNetExtensions;

namespace Cli.Tests.Commands;

public sealed class LabelListTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly List<string> _notes = [];

    private string ListFile => Path.Combine(_folder.FullName, "labels.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a\nb\n")]
    [InlineData("a\r\nb\r\n")]
    [InlineData("\ufeffa\nb")]
    [InlineData("  a \n\n b\t\n\n")]
    public void Read_NamesOneALine_AreTrimmedAndInOrder(string content)
    {
        Assert.Equal(["a", "b"], Read(content));
        Assert.Empty(_notes);
    }

    [Fact]
    public void Read_Utf16WithMark_IsRead()
    {
        File.WriteAllText(ListFile, "köfte\nbörek\n", Encoding.Unicode);

        Assert.Equal(["köfte", "börek"], LabelList.Read(ListFile, _notes.Add));
    }

    [Fact]
    public void Read_NameTwice_NumbersTheSecondAndNamesTheLines()
    {
        Assert.Equal(["crane", "x", "crane 2", "Crane"], Read("crane\nx\n\ncrane\nCrane\n"));
        Assert.Equal([$"'{ListFile}' names 'crane' in lines 1 and 4: the classes are called 'crane' and 'crane 2'."], _notes);
    }

    [Fact]
    public void Read_NumberedNameThereAlready_TakesTheNextNumber()
    {
        Assert.Equal(["a", "a 3", "a 2", "a 4"], Read("a\na\na 2\na\n"));
        Assert.Equal([$"'{ListFile}' names 'a' in lines 1, 2 and 4: the classes are called 'a', 'a 3' and 'a 4'."], _notes);
    }

    [Theory]
    [InlineData("", "names 0 classes; a classifier needs at least two, one per line.")]
    [InlineData("\n \n", "names 0 classes; a classifier needs at least two, one per line.")]
    [InlineData("a\n", "names 1 class; a classifier needs at least two, one per line.")]
    [InlineData("a\n1\tb\n", "Line 2 of ")]
    [InlineData("a\nb\0\n", "Line 2 of ")]
    [InlineData("[\n\"a\",\n\"b\"\n]\n", "contains a list in JSON or Python form")]
    [InlineData("{0: 'a',\n 1: 'b'}", "contains a list in JSON or Python form")]
    public void Read_NoSuchList_SaysWhatIsExpected(string content, string sentence)
    {
        var error = Assert.Throws<ImageClassificationException>(() => Read(content));

        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Contains(ListFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherEncoding_SaysSo()
    {
        File.WriteAllText(ListFile, "Jäger\nBär\n", Encoding.Latin1);

        var error = Assert.Throws<ImageClassificationException>(() => LabelList.Read(ListFile, _notes.Add));

        Assert.Equal($"'{ListFile}' is not valid UTF-8 text; save it as UTF-8, one class name per line.", error.Message);
    }

    [Fact]
    public void Read_HugeFile_IsRefusedUnread()
    {
        using (var file = File.Create(ListFile))
        {
            file.SetLength(1L << 32);
        }

        var error = Assert.Throws<ImageClassificationException>(() => LabelList.Read(ListFile, _notes.Add));

        Assert.Contains("is larger than 16 MB", error.Message, StringComparison.Ordinal);
    }

    private string[] Read(string content)
    {
        File.WriteAllText(ListFile, content);
        return LabelList.Read(ListFile, _notes.Add);
    }
}
