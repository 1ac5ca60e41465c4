using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.Trainers.Options;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Training.Pixels;
using TestImages;

namespace Trainers.Tests.Training.Pixels;

/// <summary>Whatever a view makes of image files: training sees what scoring does, and skips what is broken.</summary>
public sealed class TrainingImagesFileTests : IDisposable
{
    private const int Size = 8;

    private readonly MLContext _ml = new(seed: 1);
    private readonly ImageFiles _files = new();
    private readonly RecordingLogger _logger = new();

    public static TheoryData<string> Ways => ["loaded", "copied", "tagged", "folder", "bytes", "floats"];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_StoredTurned_AreThePixelsThatScoringSees(string way)
    {
        var rows = Rows();
        var view = View(way, rows);
        using var reader = Reader(view);
        var scoring = new ImageReader(Size, PixelMode.Exact);
        var expected = rows.Select(row =>
        {
            var pixels = new byte[scoring.PixelBytes];
            Assert.True(scoring.TryRead(row.ImagePath, pixels, out _));
            return pixels;
        }).ToList();

        using var pixels = reader.Read(view, validation: null).Training.Read();

        foreach (var (index, image) in expected.Index())
        {
            Assert.Equal(image, pixels[index].ToArray());
        }

        Assert.Equal(ExifNote.Upright.Count - 1, reader.TurnedImages);
        Assert.Equal(
            ["7 images are stored rotated, as EXIF says: turned upright here and by ImageClassifier; ML.NET's own chain does not turn " +
            "them."],
            _logger.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Message));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_NoteIgnored_AreTheStockChainsPixels(string way)
    {
        var rows = Rows();
        var view = View(way, rows);
        using var reader = Reader(view, ignoreOrientation: true);
        var stored = new ImageReader(Size, PixelMode.Exact, ignoreOrientation: true);
        var expected = new byte[stored.PixelBytes];

        using var pixels = reader.Read(view, validation: null).Training.Read();

        foreach (var (index, row) in rows.Index())
        {
            stored.TryRead(row.ImagePath, expected, out _);
            Assert.Equal(expected, pixels[index].ToArray());
        }

        Assert.Equal(0, reader.TurnedImages);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Read_FileCutOff_IsSkipped(string way)
    {
        var rows = Rows();
        foreach (var (index, keep) in new[] { (1, 40), (4, 90) })
        {
            File.WriteAllBytes(rows[index].ImagePath, File.ReadAllBytes(rows[index].ImagePath)[..^keep]);
        }

        var view = View(way, rows);
        using var reader = Reader(view);

        var (training, _) = reader.Read(view, validation: null);

        Assert.Equal(rows.Count - 2, training.Count);
        Assert.Equal(["2.png", "5.png"], reader.Skipped.Select(image => Path.GetFileName(image.Image)));
        Assert.All(reader.Skipped, image => Assert.Equal("the file ends before the image does.", image.Reason));
    }

    private List<LabeledImage> Rows() => [.. ExifNote.Upright.Keys.Select(orientation =>
    {
        var path = _files.AddImage($"{orientation}.png", seed: orientation, width: 20, height: 14);
        File.WriteAllBytes(path, ExifNote.Add(File.ReadAllBytes(path), (ushort)orientation));
        return new LabeledImage { ImagePath = path, Label = orientation % 2 == 0 ? "even" : "odd" };
    })];

    private IDataView View(string way, List<LabeledImage> rows)
    {
        var folder = way == "folder" ? _files.Folder : "";
        var files = rows.Select(
            row => way == "folder" ? new LabeledImage { ImagePath = Path.GetFileName(row.ImagePath), Label = row.Label } : row);
        var data = _ml.Data.LoadFromEnumerable(files.ToList());
        var loaded = Apply(
            _ml.Transforms.LoadImages("Loaded", folder, "ImagePath"), Apply(_ml.Transforms.Conversion.MapValueToKey("Label"), data));
        return way switch
        {
            "loaded" or "folder" => Apply(_ml.Transforms.LoadImages("Image", folder, "ImagePath"), loaded),
            "copied" => Apply(_ml.Transforms.CopyColumns("Image", "Loaded"), loaded),
            // Without its steps and its path the image is known by its tag.
            "tagged" => Apply(_ml.Transforms.CopyColumns("Image", "Loaded").Append(_ml.Transforms.SelectColumns("Image", "Label")), loaded),
            _ => Apply(
                _ml.Transforms.ResizeImages("Small", Size, Size, "Loaded", ImageResizingEstimator.ResizingKind.IsoCrop)
                    .Append(_ml.Transforms.ExtractPixels(
                        "Image", "Small", interleavePixelColors: way == "bytes", outputAsFloatArray: way == "floats")),
                loaded),
        };

        static IDataView Apply(IEstimator<ITransformer> estimator, IDataView view) => estimator.Fit(view).Transform(view);
    }

    private TrainingImages Reader(IDataView view, bool ignoreOrientation = false) => new(
        MLEnvironment.Of(_ml.Transforms),
        view,
        new ImageTrainingOptions
        {
            ValidationFraction = 0,
            IgnoreOrientation = ignoreOrientation,
            CancellationToken = TestContext.Current.CancellationToken,
        },
        new ImagePreprocessing(Size, Size, new Normalization([0, 0, 0], [1, 1, 1])),
        _logger);
}
