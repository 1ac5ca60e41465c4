using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLVision.MLNetExtensions;
using TestImages;

namespace MLNetExtensions.Tests.Images.Folders;

public sealed class ImageFolderCatalogTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void LoadImageFolder_TwoClasses_GivesTextColumnsInOrder()
    {
        var tulip = _files.AddFile("tulip/1.png");
        var rose = _files.AddFile("rose/1.png");

        var view = new MLContext(seed: 1).Data.LoadImageFolder(_files.Folder);

        Assert.Equal(["ImagePath", "Label"], view.Schema.Select(column => column.Name));
        Assert.All(view.Schema, column => Assert.Equal(TextDataViewType.Instance, column.Type));
        Assert.Equal([rose, tulip], view.GetColumn<string>("ImagePath"));
        Assert.Equal(["rose", "tulip"], view.GetColumn<string>("Label"));
    }

    [Fact]
    public void LoadImageFolder_MissingFolder_ThrowsAtOnce() =>
        Assert.Throws<ImageDataException>(() => new MLContext(seed: 1).Data.LoadImageFolder(Path.Combine(_files.Folder, "missing")));

    [Fact]
    public void LoadImageFolder_OtherFiles_AreToldToTheContextAndTheLogger()
    {
        _files.AddFile("rose/1.png");
        _files.AddFile("rose/1.tif", [1]);
        var (ml, logger, heard) = (new MLContext(seed: 1), new RecordingLogger(), new List<string>());
        ml.Log += (_, line) => heard.AddRange(line.Kind == ChannelMessageKind.Info ? [line.RawMessage] : []);

        ml.Data.LoadImageFolder(_files.Folder, logger);

        Assert.Equal(
            [$"{_files.Folder}: Ignored 1 file that is not JPEG, PNG, BMP, GIF or WebP: .tif (1)."],
            logger.Lines.Select(line => line.Message));
        Assert.Equal(logger.Lines.Select(line => line.Message), heard);
    }
}
