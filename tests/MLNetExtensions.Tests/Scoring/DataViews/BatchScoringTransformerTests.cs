using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Images.Columns;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.MLNetExtensions.Threads;
using static MLNetExtensions.Tests.Scoring.DataViews.BatchFixture;

namespace MLNetExtensions.Tests.Scoring.DataViews;

public sealed class BatchScoringTransformerTests : IDisposable
{
    private const float RowWiseTolerance = 1e-5f;    // what the product promises; the tiny model's sums differ by less

    private readonly BatchFixture _fixture = new();

    public static TheoryData<int, int, int> RowsBatchesThreads => new()
    {
        { 0, 4, 2 },
        { 1, 4, 2 },
        { 4, 4, 2 },
        { 13, 4, 2 },    // a last batch of one
        { 70, 8, 3 },    // more than the 64 rows that ML.NET splits by
        { 30, 1, 1 },
    };

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [MemberData(nameof(RowsBatchesThreads))]
    public void Transform_AnyNumberOfRows_EqualsStockChain(int rows, int batchSize, int threads)
    {
        var view = _fixture.View(_fixture.Photos(rows));
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = batchSize, Threads = threads });
        var stock = _fixture.LoadStock();

        var (expected, actual) = (Read(_fixture.ML, stock.Transform(view)), Read(_fixture.ML, batched.Transform(view)));

        AssertSame(expected, actual);
        Assert.Equal(rows, actual.Count);
        (stock as IDisposable)?.Dispose();
    }

    [Fact]
    public void GetOutputSchema_OfTheSameInput_EqualsStockChains()
    {
        var schema = _fixture.View([]).Schema;
        using var batched = _fixture.LoadBatched();
        var stock = _fixture.LoadStock();

        var (expected, actual) = (stock.GetOutputSchema(schema), batched.GetOutputSchema(schema));

        // The stock chain hides what its steps left on the way; who asks by name sees neither that nor its absence.
        Assert.Equal(Visible(expected).Select(Describe), Visible(actual).Select(Describe));
        (stock as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("Number")]
    [InlineData("Numbers,Text")]
    [InlineData("Score")]
    [InlineData("PredictedLabel")]
    [InlineData("Text,PredictedLabel")]
    [InlineData("ImagePath,Score,Number")]
    public void GetRowCursor_SomeColumns_GivesTheseAndNoOthers(string names)
    {
        var photos = _fixture.Photos(9);
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 2 });
        var view = batched.Transform(_fixture.View(photos));
        var columns = names.Split(',').Select(name => view.Schema[name]).ToList();

        using var cursor = view.GetRowCursor(columns);

        Assert.All(columns, column => Assert.True(cursor.IsColumnActive(column)));
        var rows = 0;
        while (cursor.MoveNext())
        {
            rows++;
        }

        Assert.Equal(photos.Count, rows);
    }

    [Fact]
    public void GetRowCursor_Shuffled_KeepsRowsTogether()
    {
        var photos = _fixture.Photos(40);
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 3, Threads = 3 });
        var inOrder = Read(_fixture.ML, batched.Transform(_fixture.View(photos)));
        var shuffled = _fixture.ML.Data.ShuffleRows(_fixture.View(photos), seed: 5);

        var rows = Read(_fixture.ML, batched.Transform(shuffled));

        Assert.NotEqual(inOrder.Select(row => row.Number), rows.Select(row => row.Number));
        AssertSame(inOrder, [.. rows.OrderBy(row => row.Number)]);
    }

    [Fact]
    public void GetRowCursor_WithARandom_KeepsRowsTogether()
    {
        var photos = _fixture.Photos(40);
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 3 });
        var view = batched.Transform(_fixture.View(photos));
        var expected = Read(_fixture.ML, view).ToDictionary(row => row.Number, row => row.Score);
        var (number, score) = (view.Schema["Number"], view.Schema["Score"]);

        using var cursor = view.GetRowCursor([number, score], new Random(3));

        var (getNumber, getScore) = (cursor.GetGetter<int>(number), cursor.GetGetter<VBuffer<float>>(score));
        var (value, scores, order) = (0, default(VBuffer<float>), new List<int>());
        while (cursor.MoveNext())
        {
            getNumber(ref value);
            getScore(ref scores);
            order.Add(value);
            Assert.Equal(expected[value], scores.DenseValues());
        }

        Assert.Equal(Enumerable.Range(0, photos.Count), order.Order());
    }

    /// <summary>
    /// A source that gives other rows whenever it is read, as a queue does: read once, its rows and their scores belong together.
    /// </summary>
    [Fact]
    public void Transform_SourceThatCanBeReadOnce_KeepsRowsTogether()
    {
        var photos = _fixture.Photos(30);
        var readings = 0;
        IEnumerable<Photo> Queue()
        {
            var reading = Interlocked.Increment(ref readings);
            return reading == 1 ? photos : photos.AsEnumerable().Reverse();
        }

        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 4 });
        var expected = Read(_fixture.ML, batched.Transform(_fixture.View(photos)));

        var rows = Read(_fixture.ML, batched.Transform(_fixture.ML.Data.LoadFromEnumerable(Lazily(Queue))));

        Assert.Equal(1, readings);
        AssertSame(expected, rows);
    }

    [Fact]
    public void GetRowCursorSet_Scored_CoversAllRowsOnce()
    {
        var photos = _fixture.Photos(50);
        using var batched = _fixture.LoadBatched();
        var view = batched.Transform(_fixture.View(photos));

        var rows = ParallelRows.Read(view, [view.Schema["Number"], view.Schema["Score"]], NumberReader, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, photos.Count), rows);
    }

    [Fact]
    public void GetRowCursorSet_NotScored_CoversAllRowsOnce()
    {
        var photos = _fixture.Photos(50);
        using var batched = _fixture.LoadBatched();
        var view = batched.Transform(_fixture.View(photos));

        var rows = ParallelRows.Read(view, [view.Schema["Number"]], NumberReader, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, photos.Count), rows);
    }

    [Theory]
    [InlineData(PixelMode.Exact)]
    [InlineData(PixelMode.Fast)]
    public void Transform_BadImagesAmongGoodOnes_CostThemselvesOnly(PixelMode mode)
    {
        var photos = _fixture.Photos(23, isBad: i => i % 5 == 2);
        var skipped = new List<SkippedImage>();
        using var batched = _fixture.LoadBatched(
            new ImageScoringOptions { BatchSize = 4, Pixels = mode }, new Recorder(skipped));

        var rows = Read(_fixture.ML, batched.Transform(_fixture.View(photos)));

        Assert.Equal(photos.Count, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.Number % 5 == 2, row.Score.All(float.IsNaN)));
        Assert.All(rows, row => Assert.Equal(row.Number % 5 == 2, row.PredictedLabel.Length == 0));
        Assert.Equal(
            photos.Where(photo => photo.Number % 5 == 2)
                .Select(photo => new SkippedImage(photo.ImagePath, "it is not an image, or it is damaged.")),
            skipped);
    }

    [Fact]
    public void ToBatched_ChainInMemory_EvaluatesAsItDoes()
    {
        var ml = _fixture.ML;
        var onnx = Path.Combine(_fixture.Files.Folder, "chain.onnx");
        StockChain.WriteOnnx(WithSlotNames(TinyClassifier.Model()), onnx);
        var names = ml.Data.LoadFromEnumerable(TinyClassifier.Colours.Select(name => new ClassName { Label = name }).ToArray());
        var photos = _fixture.View(_fixture.Photos(30));
        var view = ml.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(photos).Transform(photos);
        using var stock = TinyClassifier.LoadImages(ml)
            .Append(StockChain.Create(
                MLEnvironment.Of(ml.Transforms), PixelColumn.OfImages("Image", TinyClassifier.ImageSize), onnx,
                ClassLabels.FromNames(TinyClassifier.Colours)))
            .Fit(view);

        using var batched = ml.Model.ToBatched(stock);

        var (expected, actual) = (ml.MulticlassClassification.Evaluate(
            stock.Transform(view)), ml.MulticlassClassification.Evaluate(batched.Transform(view)));
        Assert.Equal(expected.LogLoss, actual.LogLoss, 1e-6);
        Assert.Equal(expected.MicroAccuracy, actual.MicroAccuracy);
        Assert.Equal(expected.ConfusionMatrix.Counts, actual.ConfusionMatrix.Counts);
    }

    [Fact]
    public void PredictionEngine_OneImage_EqualsBatch()
    {
        var photos = _fixture.Photos(6, isBad: i => i == 4);
        using var batched = _fixture.LoadBatched();
        var expected = Read(_fixture.ML, batched.Transform(_fixture.View(photos)));

        using var engine = _fixture.ML.Model.CreatePredictionEngine<Photo, Scored>(batched);

        AssertSame(expected, [.. photos.Select(photo => engine.Predict(photo))]);
    }

    [Fact]
    public void Save_ThenLoadStock_ScoresTheSame()
    {
        var path = Path.Combine(_fixture.Files.Folder, "again.zip");
        var view = _fixture.View(_fixture.Photos(7));
        List<Scored> expected;
        using (var batched = _fixture.LoadBatched())
        {
            expected = Read(_fixture.ML, batched.Transform(view));
            _fixture.ML.Model.Save(batched, view.Schema, path);
        }

        var stock = _fixture.ML.Model.Load(path, out _);

        Assert.All((IEnumerable<ITransformer>)stock, step => Assert.StartsWith(
            "Microsoft.ML", step.GetType().Assembly.GetName().Name, StringComparison.Ordinal));
        AssertSame(expected, Read(_fixture.ML, stock.Transform(view)));
        (stock as IDisposable)?.Dispose();
    }

    [Fact]
    public void LoadImageClassifier_OnnxFile_EqualsZip()
    {
        var onnx = TinyClassifier.WriteOnnx(Path.Combine(_fixture.Files.Folder, "model.onnx"));
        var view = _fixture.View(_fixture.Photos(7));
        using var fromZip = _fixture.LoadBatched();
        using var fromOnnx = _fixture.ML.Model.LoadImageClassifier(onnx);

        AssertSame(Read(_fixture.ML, fromZip.Transform(view)), Read(_fixture.ML, fromOnnx.Transform(view)));
        Assert.Equal(TinyClassifier.Colours, fromOnnx.Labels);
    }

    [Fact]
    public void LoadImageClassifier_ZipOfAnotherKind_SaysSo()
    {
        var path = Path.Combine(_fixture.Files.Folder, "other.zip");
        var view = _fixture.View([]);
        _fixture.ML.Model.Save(_fixture.ML.Transforms.CopyColumns("Other", "Text").Fit(view), view.Schema, path);

        var error = Assert.Throws<ModelFileException>(() => _fixture.ML.Model.LoadImageClassifier(path));

        Assert.Equal(
            $"'{path}' is not an image classifier of this product: expected an ML.NET model with one ONNX model inside.",
            error.Message);
    }

    [Fact]
    public void LoadImageClassifier_DamagedZip_SaysSo()
    {
        var path = _fixture.Files.AddFile("damaged.zip", File.ReadAllBytes(_fixture.Zip)[..500]);

        Assert.Throws<ModelFileException>(() => _fixture.ML.Model.LoadImageClassifier(path));
    }

    [Fact]
    public void Transform_EightReadersAtOnce_GiveTheSame()
    {
        var view = _fixture.View(_fixture.Photos(40));
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 4, Threads = 2 });
        var expected = Read(_fixture.ML, batched.Transform(view));
        var readers = new List<Scored>[8];

        var threads = readers.Select((_, i) => new Thread(() => readers[i] = Read(new MLContext(), batched.Transform(view)))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(readers, rows => AssertSame(expected, rows));
    }

    [Fact]
    public void Dispose_CursorHalfRead_EndsItsThreads()
    {
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 2, Threads = 3 });
        var photos = _fixture.Photos(30);
        var readings = 0;
        var view = batched.Transform(_fixture.ML.Data.LoadFromEnumerable(photos.Select(photo =>
        {
            Interlocked.Increment(ref readings);
            return photo;
        })));

        using (var cursor = view.GetRowCursor([view.Schema["Score"]]))
        {
            Assert.True(cursor.MoveNext());
        }

        // Joined by Dispose, they read nothing any more: seven batches of two are ahead at most, and what ML.NET reads ahead of them.
        var read = readings;
        Thread.Yield();
        Assert.Equal(read, readings);
    }

    [Fact]
    public void Dispose_CursorOpen_CursorReadsToItsEnd()
    {
        var photos = _fixture.Photos(20);
        var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 2 });
        var view = batched.Transform(_fixture.View(photos));
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        cursor.MoveNext();

        batched.Dispose();

        var rows = 1;
        while (cursor.MoveNext())
        {
            rows++;
        }

        Assert.Equal(photos.Count, rows);
        Assert.Throws<ObjectDisposedException>(() => view.GetRowCursor([view.Schema["Score"]]));
    }

    [Fact]
    public void Transform_SourceFails_ErrorComesAfterTheRowsBeforeIt()
    {
        var photos = _fixture.Photos(9);
        using var batched = _fixture.LoadBatched(new ImageScoringOptions { BatchSize = 4, Threads = 2 });
        var view = batched.Transform(_fixture.ML.Data.LoadFromEnumerable(photos.Select(photo =>
            photo.Number == 7 ? throw new InvalidDataException("the source broke") : photo)));
        var score = view.Schema["Score"];
        using var cursor = view.GetRowCursor([score]);

        var rows = 0;
        var error = Assert.ThrowsAny<Exception>(() =>
        {
            while (cursor.MoveNext())
            {
                rows++;
            }
        });

        Assert.Contains("the source broke", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void GetGetter_ColumnNotAskedFor_Throws()
    {
        using var batched = _fixture.LoadBatched();
        var onlyStep = batched.Transform(_fixture.View(_fixture.Photos(1)));
        using var cursor = onlyStep.GetRowCursor([onlyStep.Schema["Score"]]);

        Assert.ThrowsAny<InvalidOperationException>(() => cursor.GetGetter<int>(onlyStep.Schema["Number"]));
    }

    private static IEnumerable<Photo> Lazily(Func<IEnumerable<Photo>> make)
    {
        foreach (var photo in make())
        {
            yield return photo;
        }
    }

    private static Func<int> NumberReader(DataViewRow row)
    {
        var getter = row.GetGetter<int>(row.Schema["Number"]);
        var number = 0;
        return () =>
        {
            getter(ref number);
            return number;
        };
    }

    private static IEnumerable<DataViewSchema.Column> Visible(DataViewSchema schema) => schema.Where(column => !column.IsHidden);

    private static string Describe(DataViewSchema.Column column)
    {
        var annotations = column.Annotations.Schema.Select(annotation =>
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            if (annotation.Type is VectorDataViewType { ItemType: TextDataViewType })
            {
                column.Annotations.GetValue(annotation.Name, ref names);
            }

            return $"{annotation.Name} {annotation.Type} {string.Join(',', names.DenseValues())}";
        });
        return $"{column.Name} {column.Type} {string.Join(';', annotations)}";
    }

    private static void AssertSame(List<Scored> expected, List<Scored> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.Number, pair.Second.Number);
            Assert.Equal(pair.First.Numbers, pair.Second.Numbers);
            Assert.Equal(pair.First.Text, pair.Second.Text);
            Assert.Equal(pair.First.PredictedLabel, pair.Second.PredictedLabel);
            Assert.Equal(pair.First.Score.Length, pair.Second.Score.Length);
            Assert.All(pair.First.Score.Zip(pair.Second.Score), scores =>
                Assert.True(
                    (float.IsNaN(scores.First) && float.IsNaN(scores.Second))
                        || Math.Abs(scores.First - scores.Second) <= RowWiseTolerance));
        });
    }

    private sealed class ClassName
    {
        public string Label { get; set; } = "";
    }

    private sealed class Recorder(List<SkippedImage> skipped) : IProgress<SkippedImage>
    {
        public void Report(SkippedImage value)
        {
            lock (skipped)
            {
                skipped.Add(value);
            }
        }
    }
}
