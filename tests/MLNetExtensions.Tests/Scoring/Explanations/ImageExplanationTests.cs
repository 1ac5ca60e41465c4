using Google.Protobuf;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Scoring.Explanations;
using MLVision.MLNetExtensions.Scoring.Results;
using SkiaSharp;
using TestImages;

namespace MLNetExtensions.Tests.Scoring.Explanations;

/// <summary>The pointing game: a red square on grey makes an image red, so the map must be hottest on the square.</summary>
public sealed class ImageExplanationTests : IDisposable
{
    private static readonly SKColor Grey = new(110, 110, 110);

    private readonly ImageFiles _files = new();
    private readonly string _model;

    public ImageExplanationTests() => _model = TinyClassifier.WriteOnnx(Path.Combine(_files.Folder, "model.onnx"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(64, 64, 0, 0)]
    [InlineData(64, 64, 1, 0)]
    [InlineData(64, 64, 0, 1)]
    [InlineData(64, 64, 1, 1)]
    [InlineData(160, 64, 1, 0)]
    [InlineData(64, 160, 0, 1)]
    public void Explain_ObjectInAQuarter_PointsAtIt(int width, int height, int right, int down)
    {
        using var classifier = ImageClassifier.Load(_model);

        var explanation = classifier.Explain(Photograph(width, height, right, down), Cancellation);

        Assert.Equal("red", explanation.Prediction.Label);
        Assert.Equal(HeatSource.Occlusion, explanation.Source);
        Assert.Equal((right, down), HottestQuarter(explanation.Heat));
    }

    /// <summary>Whatever batches the cells of the grid come in, the map is the same.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    public void Explain_InBatches_GivesTheSameMap(int batchSize)
    {
        using var one = ImageClassifier.Load(_model);
        using var many = ImageClassifier.Load(_model, new ImageScoringOptions { BatchSize = batchSize });
        var photograph = Photograph(64, 64, 1, 0);

        Assert.Equal(one.Explain(photograph, Cancellation).Heat.Values, many.Explain(photograph, Cancellation).Heat.Values);
    }

    /// <summary>Stored with orientation 6, the first row is on the right: what lies at the bottom left is shown at the top left.</summary>
    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 0, 1)]
    public void Explain_TurnedPhotograph_PointsAtWhatTheModelSees(bool ignoreOrientation, int right, int down)
    {
        var photograph = ExifNote.Add(File.ReadAllBytes(Photograph(64, 64, 0, 1)), orientation: 6);
        using var classifier = ImageClassifier.Load(_model, new ImageScoringOptions { IgnoreOrientation = ignoreOrientation });

        var explanation = classifier.Explain(photograph, Cancellation);

        Assert.Equal((right, down), HottestQuarter(explanation.Heat));
        Assert.Equal((right, down), BrightestQuarter(Draw(explanation), SideOf(64, 64)));
    }

    /// <summary>The picture's middle square is what the model sees; the hottest part of it is the brightest.</summary>
    [Theory]
    [InlineData(64, 64, 0, 1)]
    [InlineData(600, 400, 1, 0)]
    [InlineData(300, 2000, 1, 1)]
    public void WritePng_ObjectInAQuarter_IsBrightThere(int width, int height, int right, int down)
    {
        using var classifier = ImageClassifier.Load(_model);

        using var picture = Draw(classifier.Explain(Photograph(width, height, right, down), Cancellation));

        Assert.Equal((right, down), BrightestQuarter(picture, SideOf(width, height)));
        Assert.InRange(Math.Max(picture.Width, picture.Height), 448, 1024 + 84);
    }

    [Fact]
    public void Explain_ModelThatGivesHeat_UsesIt()
    {
        var model = TinyClassifier.Model();
        TinyClassifier.AddHeat(model);
        var path = Path.Combine(_files.Folder, "heat.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        using var classifier = ImageClassifier.Load(path);
        var photograph = Photograph(64, 64, 1, 1);

        var explanation = classifier.Explain(photograph, Cancellation);

        Assert.Equal(HeatSource.Model, explanation.Source);
        Assert.Equal(classifier.Predict(photograph, Cancellation).Heat!.Values, explanation.Heat.Values);
        Assert.Equal((8, 8), (explanation.Heat.Rows, explanation.Heat.Columns));
        Assert.Equal((1, 1), BrightestQuarter(Draw(explanation), SideOf(64, 64)));
    }

    [Fact]
    public void Explain_Stream_IsReadOnce()
    {
        using var classifier = ImageClassifier.Load(_model);
        using var stream = File.OpenRead(Photograph(64, 64, 0, 0));

        var explanation = classifier.Explain(ImageSource.FromStream(stream, "upload"), Cancellation);

        Assert.Equal("upload", explanation.Prediction.Image);
        Assert.Equal((0, 0), HottestQuarter(explanation.Heat));
    }

    [Fact]
    public void Explain_Unreadable_SaysWhatPredictSays()
    {
        using var classifier = ImageClassifier.Load(_model);
        foreach (var path in new[] { _files.AddFile("empty.png"), Path.Combine(_files.Folder, "gone.png"), _files.Folder })
        {
            var expected = Assert.Throws<ImageDataException>(() => classifier.Predict(path, Cancellation));

            Assert.Equal(expected.Message, Assert.Throws<ImageDataException>(() => classifier.Explain(path, Cancellation)).Message);
        }
    }

    [Fact]
    public void SavePng_NameOfAnotherFormat_IsRefused()
    {
        using var classifier = ImageClassifier.Load(_model);
        var explanation = classifier.Explain(Photograph(64, 64, 0, 0), Cancellation);

        Assert.Throws<ImageClassificationException>(() => explanation.SavePng(Path.Combine(_files.Folder, "why.jpg")));
    }

    /// <summary>By hand: of 100×200 the square of 100 begins at 50; its 256 pixels lose 16 on each side: 16·100/256 = 6.25.</summary>
    [Fact]
    public void SeenSquare_OfACroppedInput_IsTheMiddleOfTheMiddle()
    {
        var seen = new SeenSquare(ImageSize: 256, Margin: 16, CropSize: 224, IgnoresOrientation: false).In(100, 200);

        Assert.Equal(SKRect.Create(6.25f, 56.25f, 87.5f, 87.5f), seen);
    }

    /// <summary>Grey, with a red square in a quarter of the middle square.</summary>
    private string Photograph(int width, int height, int right, int down)
    {
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Grey);
        var side = Math.Min(width, height);
        using var red = new SKPaint { Color = SKColors.Red };
        canvas.DrawRect(
            ((width - side) / 2) + (side * (0.125f + (right * 0.5f))), ((height - side) / 2) + (side * (0.125f + (down * 0.5f))), side / 4,
            side / 4, red);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return _files.AddFile($"{width}x{height}-{right}{down}.png", png.ToArray());
    }

    private static (int Right, int Down) HottestQuarter(HeatMap map)
    {
        var hottest = map.Values.Index().MaxBy(value => value.Item).Index;
        return (hottest % map.Columns * 2 / map.Columns, hottest / map.Columns * 2 / map.Rows);
    }

    /// <summary>
    /// Side of the middle square in the picture, whose longer side has 448 to 1024 pixels; its edge, which is drawn, is left out.
    /// </summary>
    private static int SideOf(int width, int height)
    {
        var longer = Math.Max(width, height);
        return (int)(Math.Min(width, height) * (double)Math.Clamp(longer, 448, 1024) / longer) - 4;
    }

    private static SKBitmap Draw(ImageExplanation explanation)
    {
        using var stream = new MemoryStream();
        explanation.WritePng(stream);
        return SKBitmap.Decode(stream.ToArray());
    }

    /// <summary>The quarter of the middle square with the brightest spot; the legend below is left out.</summary>
    private static (int Right, int Down) BrightestQuarter(SKBitmap picture, int side)
    {
        const int Legend = 84;
        var height = picture.Height - Legend;
        var (left, top) = ((picture.Width - side) / 2, (height - side) / 2);
        var best = (Right: 0, Down: 0, Light: -1.0);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var pixel = picture.GetPixel(left + x, top + y);
                var light = (0.2126 * pixel.Red) + (0.7152 * pixel.Green) + (0.0722 * pixel.Blue);
                best = light > best.Light ? (x * 2 / side, y * 2 / side, light) : best;
            }
        }

        return (best.Right, best.Down);
    }
}
