using System.Text;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Manifests;
using TestImages;

namespace MLNetExtensions.Tests.Images.Manifests;

public sealed class ImageManifestTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("image,label\n1.jpg,rose\na/2.jpg,tulip\n")]
    [InlineData("image,label\r\n1.jpg,rose\r\na/2.jpg,tulip")]
    [InlineData("\nlabel , Image\nrose,1.jpg\n\n tulip ,a/2.jpg\n\n")]
    [InlineData("\"image\",\"label\"\n\"1.jpg\",\"rose\"\na/2.jpg,\"tulip\"\n")]
    public void ReadLabeled_Csv_GivesImagesAndLabels(string text)
    {
        var images = Read(text);

        Assert.Equal([(At("1.jpg"), "rose"), (At("a/2.jpg"), "tulip")], images.Train.Select(image => (image.ImagePath, image.Label)));
        Assert.False(images.IsSplit);
    }

    [Fact]
    public void ReadLabeled_JsonLines_GivesImagesAndLabels()
    {
        var images = Read("{\"image\": \"1.jpg\", \"label\": \"rose\"}\n\n{\"label\": 7, \"image\": \"ä.jpg\"}\r\n", "m.jsonl");

        Assert.Equal([(At("1.jpg"), "rose"), (At("ä.jpg"), "7")], images.Train.Select(image => (image.ImagePath, image.Label)));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void ReadLabeled_ByteOrderMark_IsRead(string encoding)
    {
        var text = Encoding.GetEncoding(encoding);
        _files.AddFile("m.csv", [.. text.Preamble, .. text.GetBytes("image,label\nä.jpg,Gänseblümchen\n")]);

        var image = Assert.Single(ImageManifest.Open(At("m.csv")).ReadLabeled().Train);

        Assert.Equal((At("ä.jpg"), "Gänseblümchen"), (image.ImagePath, image.Label));
    }

    /// <summary>0xE4 is "ä" in Latin 1 and begins a character of three bytes in UTF-8.</summary>
    [Theory]
    [InlineData("m.csv", "image,label\n1.jpg,rose\n2.jpg,\u00e4\n", "m.csv, line 3")]
    [InlineData("m.csv", "image,label,\u00e4\n", "m.csv, line 1")]
    [InlineData("m.jsonl", "{\"image\": \"1.jpg\"}\n{\"image\": \"\u00e4.jpg\"}", "m.jsonl, line 2")]
    public void Open_Latin1_IsRefusedByLine(string name, string text, string place)
    {
        _files.AddFile(name, Encoding.Latin1.GetBytes(text));

        var error = Assert.Throws<ImageDataException>(() => ImageManifest.Open(At(name)).Rows().Count());

        Assert.Equal($"{place}: the text is not valid UTF-8: save the file as UTF-8.", error.Message);
    }

    /// <summary>A line break in quotes belongs to the value, as RFC 4180 has it, and lines after it still have their numbers.</summary>
    [Fact]
    public void Rows_QuotesAndLineBreaks_AreValues()
    {
        Write("image,label,note\n\"a \"\"b\"\", c.jpg\",rose,\"two\nlines\"\n2.jpg,tulip,\n");

        var rows = ImageManifest.Open(At("m.csv")).Rows().ToList();

        Assert.Equal(["a \"b\", c.jpg", "2.jpg"], rows.Select(row => row.Image));
        Assert.Equal(["two\nlines", ""], rows.Select(row => row.Others[0]));
        Assert.Equal([2, 4], rows.Select(row => row.Line));
    }

    [Fact]
    public void ReadLabeled_Split_PartsTheImages()
    {
        var images = Read("image,label,split\n1.jpg,a,train\n2.jpg,a,Validation\n3.jpg,b, test\n4.jpg,b,\n");

        Assert.True(images.IsSplit);
        Assert.Equal([At("1.jpg"), At("4.jpg")], images.Train.Select(image => image.ImagePath));
        Assert.Equal([At("2.jpg")], images.Validation.Select(image => image.ImagePath));
        Assert.Equal([At("3.jpg")], images.Test.Select(image => image.ImagePath));
    }

    [Theory]
    [InlineData("image,label\n1.jpg,a\n1.jpg,b\n", "line 3: the image '1.jpg' is labelled 'b', but 'a' in line 2: keep one of them.")]
    [InlineData("image,label\n1.jpg,a\n./1.jpg,b\n", "line 3: the image './1.jpg' is labelled 'b', but 'a' in line 2: keep one of them.")]
    [InlineData(
        "image,label,split\n1.jpg,a,train\n1.jpg,a,test\n",
        "line 3: the image '1.jpg' is in 'test', but in 'train' in line 2: keep one of them.")]
    [InlineData("image,label\n1.jpg,\n", "line 2: the image '1.jpg' has no label.")]
    [InlineData("image,label\n1.jpg,\"  \"\n", "line 2: the image '1.jpg' has no label.")]
    [InlineData("image,label\n1.jpg,a|b\n", "line 2: the image '1.jpg' has several labels, 'a|b'; a model has one of each image.")]
    [InlineData("image,label\n,a\n", "line 2: there is no image.")]
    [InlineData("image,label,split\n1.jpg,a,val\n", "line 2: the split 'val' is unknown; did you mean 'validation'?")]
    [InlineData("image,label,split\n1.jpg,a,x\n", "line 2: the split 'x' is unknown; expected train, validation or test.")]
    [InlineData("image,label\n1.jpg\n", "line 2: there are 1 values, but 2 columns; a value with a comma stands in quotes.")]
    [InlineData("image,label\n1.jpg,a,b\n", "line 2: there are 3 values, but 2 columns; a value with a comma stands in quotes.")]
    [InlineData("image,label\n1.jpg,a\n\"2.jpg,b\n3.jpg,c\n", "line 3: a quote that opens in this row is never closed.")]
    [InlineData("image,label\n1.jpg,\"a\n", "line 2: a quote that opens in this row is never closed.")]
    public void ReadLabeled_BadRow_IsRefusedByLine(string text, string sentence)
    {
        var error = Assert.Throws<ImageDataException>(() => Read(text));

        Assert.Equal($"m.csv, {sentence}", error.Message);
    }

    [Theory]
    [InlineData("{\"image\": \"1.jpg\"}\nx\n", "line 2: it is no JSON object: 'x' is an invalid start of a value.")]
    [InlineData("{\"image\": \"1.jpg\"}\n[]\n", "line 2: it is no JSON object, such as {\"image\": \"1.jpg\", \"label\": \"rose\"}.")]
    [InlineData("{\"image\": \"1.jpg\"}\n{\"image\": \"2.jpg\", \"x\": 1}", "line 2: the first line has no 'x'; it has 'image'.")]
    [InlineData(
        "{\"image\": \"1.jpg\"}\n{\"image\": \"\\ud800\"}", "line 2: a text holds half of a character (\\uD800 to \\uDFFF alone).")]
    [InlineData("{\"\\udc00\": \"1.jpg\"}", "line 1: a text holds half of a character (\\uD800 to \\uDFFF alone).")]
    [InlineData("{\"image\": \"1.jpg\", \"image\": \"2.jpg\"}", "line 1: it is no JSON object: Duplicate property 'image' encountered.")]
    [InlineData("{\"image\": [\"1.jpg\"]}", "line 1: 'image' is a list or an object; it must be a text.")]
    [InlineData("{\"image\": \"1.jpg\"}\n{\"image\": null}", "line 2: there is no image.")]
    public void Rows_BadJson_IsRefusedByLine(string text, string sentence)
    {
        Write(text, "m.jsonl");

        var error = Assert.Throws<ImageDataException>(() => ImageManifest.Open(At("m.jsonl")).Rows().Count());

        Assert.Equal($"m.jsonl, {sentence}", error.Message);
    }

    [Theory]
    [InlineData("", "is empty; its first line names the columns: image,label.")]
    [InlineData("\n\n", "is empty; its first line names the columns: image,label.")]
    [InlineData("image,label\n", "has a header but no rows.")]
    [InlineData("image;label\n1.jpg;a\n", "has columns with semicolons between them: write commas.")]
    [InlineData("image\tlabel\n1.jpg\ta\n", "has columns with tabs between them: write commas.")]
    [InlineData("image,label,Label\n", "has 2 columns named 'label'; rename all but one.")]
    [InlineData("i\0m\0,\0", "looks like UTF-16 without a byte order mark: save it as UTF-8.")]
    public void ReadLabeled_BadFile_IsRefused(string text, string sentence)
    {
        var error = Assert.Throws<ImageDataException>(() => Read(text));

        Assert.Equal($"The manifest '{At("m.csv")}' {sentence}", error.Message);
    }

    [Theory]
    [InlineData("imagse,label\n", "The data has no column 'image'; it has 'imagse', 'label': did you mean 'imagse'?")]
    [InlineData("image,lable\n1.jpg,a\n", "The data has no column 'label'; it has 'image', 'lable': did you mean 'lable'?")]
    [InlineData("1.jpg,rose\n", "The data has no column 'image'; it has '1.jpg', 'rose'.")]
    public void ReadLabeled_MissingColumn_ListsThoseThereAre(string text, string sentence)
    {
        var error = Assert.Throws<ImageDataException>(() => Read(text));

        Assert.Equal($"m.csv: {sentence}", error.Message);
    }

    [Fact]
    public void Open_MissingFile_IsRefused()
    {
        var error = Assert.Throws<ImageDataException>(() => ImageManifest.Open(At("none.csv")));

        Assert.Equal($"The manifest '{At("none.csv")}' does not exist.", error.Message);
    }

    /// <summary>As pandas writes its index: a column without a name.</summary>
    [Fact]
    public void Others_ColumnWithoutName_IsCalledByItsNumber()
    {
        Write(",image,label,x\n0,1.jpg,a,5\n");

        var manifest = ImageManifest.Open(At("m.csv"));

        Assert.Equal(["column 1", "x"], manifest.Others);
        Assert.Equal(["0", "5"], manifest.Rows().Single().Others);
    }

    [Fact]
    public void ReadLabeled_Summary_SaysWhatCountsOnceAndWhatLiesElsewhere()
    {
        var logger = new RecordingLogger();
        Write("image,label,split\n1.jpg,a,train\n1.jpg,a,train\n../2.jpg,b,test\n/3.jpg,b,test\n");

        ImageManifest.Open(At("m.csv")).ReadLabeled(logger);

        Assert.Equal(
            "m.csv: 3 images: train 1, test 2. 1 row repeats an image and counts once. 2 rows name files outside its folder, the first in "
            + "line 4.",
            Assert.Single(logger.Lines).Message);
    }

    [Theory]
    [InlineData("/dev/zero", "device")]
    [InlineData("/dev/../dev/null", "device")]
    public void ReadLabeled_Device_IsRefused(string image, string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such names on Windows.");

        var error = Assert.Throws<ImageDataException>(() => Read($"image,label\n1.jpg,a\n{image},a\n"));

        Assert.Equal($"m.csv, line 3: '{image}' cannot be an image: it is a {kind}, which is never opened.", error.Message);
    }

    [Fact]
    public void ThrowIfPartsShareImages_EqualFiles_NamesBoth()
    {
        foreach (var name in new[] { "1.png", "2.png", "3.png" })
        {
            _files.AddImage(name, seed: name == "2.png" ? 2 : 1);
        }

        var images = Read("image,label,split\n1.png,a,train\n2.png,a,validation\n3.png,b,test\nmissing.png,b,test\n");

        var error = Assert.Throws<ImageDataException>(() => images.ThrowIfPartsShareImages(TestContext.Current.CancellationToken));

        Assert.Equal(
            $"Leaks between the parts: the same image lies in two parts of the data set, '{At("1.png")}' in train and '{At("3.png")}' in "
            + "test, so that a test would measure memory. Remove one; 'mlvision doctor' lists them all.",
            error.Message);
    }

    [Fact]
    public void ThrowIfPartsShareImages_OtherFiles_Passes()
    {
        _files.AddImage("1.png", seed: 1);
        _files.AddImage("2.png", seed: 2);
        var images = Read("image,label,split\n1.png,a,train\n2.png,a,validation\n");

        images.ThrowIfPartsShareImages(TestContext.Current.CancellationToken);
    }

    private ManifestImages Read(string text, string name = "m.csv")
    {
        Write(text, name);
        return ImageManifest.Open(At(name)).ReadLabeled();
    }

    private void Write(string text, string name = "m.csv") => _files.AddFile(name, Encoding.UTF8.GetBytes(text));

    private string At(string name) => Path.Combine(_files.Folder, name.Replace('/', Path.DirectorySeparatorChar));
}
