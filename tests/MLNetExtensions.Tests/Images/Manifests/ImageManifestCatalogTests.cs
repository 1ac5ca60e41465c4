using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using TestImages;

namespace MLNetExtensions.Tests.Images.Manifests;

public sealed class ImageManifestCatalogTests : IDisposable
{
    private readonly ImageFiles _files = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void LoadImageManifest_AllColumns_AreText()
    {
        var view = Load("image,label,split,photographer\n1.jpg, rose,test,Ann\n1.jpg,rose,test,Ben\n2.jpg,tulip,,\n");

        Assert.Equal(["ImagePath", "Label", "Split", "photographer"], view.Schema.Select(column => column.Name));
        Assert.Equal([Path.Combine(_files.Folder, "1.jpg"), Path.Combine(_files.Folder, "2.jpg")], Column(view, "ImagePath"));
        Assert.Equal(["rose", "tulip"], Column(view, "Label"));
        Assert.Equal(["test", "train"], Column(view, "Split"));
        Assert.Equal(["Ann", ""], Column(view, "photographer"));
        Assert.Equal(2, view.GetRowCount());
    }

    [Fact]
    public void LoadImageManifest_WithoutLabels_HasNoSuchColumn()
    {
        var view = Load("image\n1.jpg\n");

        Assert.Equal(["ImagePath"], view.Schema.Select(column => column.Name));
    }

    [Fact]
    public void LoadImageManifest_StockSteps_ReadIt()
    {
        var view = Load("image,label,split\n1.jpg,rose,train\n2.jpg,tulip,test\n3.jpg,rose,train\n");

        var keys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        var test = _ml.Data.FilterByCustomPredicate<SplitRow>(view, row => row.Split != "test");

        Assert.Equal([1u, 2u, 1u], keys.GetColumn<uint>("Label"));
        Assert.Equal(["tulip"], Column(test, "Label"));
    }

    [Fact]
    public void LoadImageManifest_OtherColumnNamedLikeOurs_IsRefused()
    {
        var error = Assert.Throws<ImageDataException>(() => Load("image,ImagePath\n1.jpg,x\n"));

        Assert.Contains("The column 'ImagePath' of the manifest", error.Message, StringComparison.Ordinal);
    }

    private static string[] Column(IDataView view, string name) =>
        [.. view.GetColumn<ReadOnlyMemory<char>>(name).Select(value => value.ToString())];

    private IDataView Load(string text) =>
        _ml.Data.LoadImageManifest(_files.AddFile("m.csv", Encoding.UTF8.GetBytes(text)));

    private sealed class SplitRow
    {
        public string Split { get; set; } = "";
    }
}
