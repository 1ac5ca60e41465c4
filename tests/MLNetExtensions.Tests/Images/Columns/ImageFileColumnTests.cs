using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions.Images.Columns;
using TestImages;

namespace MLNetExtensions.Tests.Images.Columns;

/// <remarks>A newer ML.NET that names its members otherwise makes the first of these fail.</remarks>
public sealed class ImageFileColumnTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Of_LoadedColumn_KnowsPathColumnAndFolder()
    {
        var view = Loaded("Picture");

        var source = ImageFileColumn.Of(view, "Picture");

        Assert.Equal(new ImageFileColumn("File", _files.Folder, IsLoaded: true), source);
        Assert.Equal(Path.Combine(_files.Folder, "a.png"), source!.PathOf("a.png"));
        Assert.Null(source.PathOf(""));
    }

    [Fact]
    public void Of_ResizedFilteredAndRenamed_FindsTheStepBehind()
    {
        var loaded = Loaded("Picture");
        var steps = _ml.Transforms.ResizeImages("Small", 4, 4, "Picture").Append(_ml.Transforms.CopyColumns("Image", "Small"));
        var view = _ml.Data.ShuffleRows(_ml.Data.TakeRows(steps.Fit(loaded).Transform(loaded), 1));

        var source = ImageFileColumn.Of(view, "Image");

        Assert.Equal(new ImageFileColumn("File", _files.Folder, IsLoaded: false), source);
    }

    [Fact]
    public void Of_TwoLoadedColumns_TakesTheOneOfThatName()
    {
        var loaded = Loaded("Picture");
        var elsewhere = Path.Combine(_files.Folder, "elsewhere");
        _files.AddFolder("elsewhere");
        var view = _ml.Transforms.LoadImages("Other", elsewhere, "File").Fit(loaded).Transform(loaded);

        Assert.Equal(_files.Folder, ImageFileColumn.Of(view, "Picture")!.Folder);
        Assert.Equal(elsewhere, ImageFileColumn.Of(view, "Other")!.Folder);
        Assert.Null(ImageFileColumn.Of(view, "Image"));
    }

    /// <summary>The column bears the loader's name, but no longer holds what it loaded.</summary>
    [Fact]
    public void Of_ChangedInPlace_IsNotAsLoaded()
    {
        var loaded = Loaded("Picture");
        var view = _ml.Transforms.ConvertToGrayscale("Picture").Fit(loaded).Transform(loaded);

        Assert.Equal(new ImageFileColumn("File", _files.Folder, IsLoaded: false), ImageFileColumn.Of(view, "Picture"));
    }

    [Fact]
    public void Of_PathColumnReplaced_IsNone()
    {
        var loaded = Loaded("Picture");
        var view = _ml.Transforms.Conversion.ConvertType("File", "Number", DataKind.String).Fit(loaded).Transform(loaded);

        Assert.Null(ImageFileColumn.Of(view, "Picture"));
    }

    [Fact]
    public void Of_OtherColumnsDropped_StillKnowsIt()
    {
        var loaded = Loaded("Picture");
        var view = _ml.Transforms.SelectColumns("Picture", "File").Fit(loaded).Transform(loaded);

        Assert.Equal(new ImageFileColumn("File", _files.Folder, IsLoaded: true), ImageFileColumn.Of(view, "Picture"));
    }

    [Fact]
    public void Of_NothingLoaded_IsNone() => Assert.Null(ImageFileColumn.Of(_ml.Data.LoadFromEnumerable(new[] { new Row() }), "File"));

    private IDataView Loaded(string name)
    {
        _files.AddImage("a.png");
        var rows = _ml.Data.LoadFromEnumerable(new[] { new Row { File = "a.png" } });
        return _ml.Transforms.LoadImages(name, _files.Folder, "File").Fit(rows).Transform(rows);
    }

    private sealed class Row
    {
        public string File { get; set; } = "";

        public int Number { get; set; }
    }
}
