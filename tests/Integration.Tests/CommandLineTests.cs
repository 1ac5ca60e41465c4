using System.Text.Json;
using System.Xml.Linq;

namespace Integration.Tests;

/// <summary>The command line as a user has it: a process of its own, its two streams and its exit code.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task TrainEvaluatePredict_FolderWithUnreadableImages_SkipsThemAndAgreesOnZipAndOnnx()
    {
        var data = SmallFolder();
        await File.WriteAllTextAsync(Path.Combine(data, "bag", "zero.png"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data, "coat", "text.png"), "no image", TestContext.Current.CancellationToken);
        var output = Path.Combine(_folder.FullName, "out");

        var train = await Run("train", "--data", data, "--arch", "resnet20", "--image-size", "16", "--epochs", "1", "--out", output);
        var page = Path.Combine(_folder.FullName, "pages", "page.html");
        var zip = await Run("evaluate", "--model", Path.Combine(output, "model.zip"), "--data", data, "--json", "--report", page);
        var onnx = await Run("evaluate", "--model", Path.Combine(output, "model.onnx"), "--data", data, "--json");
        var image = Directory.GetFiles(Path.Combine(data, "bag"), "0*.png")[0];
        var pictures = Path.Combine(_folder.FullName, "why");
        var bad = Path.Combine(data, "bag", "zero.png");
        string[] borne = ["--explain", pictures, "--fast", "--ignore-orientation", "--max-skipped", "1", bad];
        var predict = await Run(["predict", "--model", Path.Combine(output, "model.zip"), "--json", image, .. borne]);

        Assert.Equal((0, 0, 0, 0), (train.ExitCode, zip.ExitCode, onnx.ExitCode, predict.ExitCode));
        Assert.Contains("zero.png: the file is empty.", train.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["classes.safetensors", "metrics.csv", "metrics.json", "model.onnx", "model.zip", "report.html", "run.json",
                "weights.safetensors"],
            Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("report.html", train.Output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(Path.Combine(output, "report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Learning curves", report, StringComparison.Ordinal);
        Assert.Contains("zero.png", report, StringComparison.Ordinal);
        var evaluation = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.Contains("Evaluation report", evaluation, StringComparison.Ordinal);
        using var zipFigures = JsonDocument.Parse(zip.Output);
        using var onnxFigures = JsonDocument.Parse(onnx.Output);
        Assert.Equal(
            (12, 2), (zipFigures.RootElement.GetProperty("images").GetInt32(), zipFigures.RootElement.GetProperty("skipped").GetInt32()));
        Assert.Equal(
            zipFigures.RootElement.GetProperty("logLoss").GetDouble(), onnxFigures.RootElement.GetProperty("logLoss").GetDouble(),
            precision: 5);
        using var predictions = JsonDocument.Parse(predict.Output);
        var prediction = Assert.Single(predictions.RootElement.EnumerateArray().ToList());
        Assert.Equal(image, prediction.GetProperty("image").GetString());
        var picture = Assert.Single(Directory.GetFiles(pictures));
        Assert.Equal(Path.GetFileNameWithoutExtension(image) + "-why.png", Path.GetFileName(picture));
        Assert.Equal(1, prediction.GetProperty("scores").EnumerateObject().Sum(score => score.Value.GetDouble()), precision: 5);
    }

    [Fact]
    public async Task LearningRate_Json_PrintsTheSweepAndDrawsIt()
    {
        var plot = Path.Combine(_folder.FullName, "plot.svg");

        var run = await Run(
            "lr-find", "--data", SmallFolder(), "--arch", "resnet20", "--image-size", "16", "--batch-size", "4", "--steps", "40", "--out",
            plot, "--json");

        Assert.Equal(0, run.ExitCode);
        using var sweep = JsonDocument.Parse(run.Output);
        Assert.Equal("whole", sweep.RootElement.GetProperty("phase").GetString());
        var rates = sweep.RootElement.GetProperty("rates").EnumerateArray().Select(rate => rate.GetDouble()).ToList();
        Assert.Equal(rates.Order(), rates);
        Assert.Equal(rates.Count, sweep.RootElement.GetProperty("losses").GetArrayLength());
        Assert.Equal(rates.Count, sweep.RootElement.GetProperty("smoothedLosses").GetArrayLength());
        var texts = XDocument.Load(plot).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)
            .ToList();
        Assert.Contains("learning rate", texts);
        Assert.Contains("training loss", texts);
        Assert.Contains("1e-6", texts);     // a decade of the axis
        Assert.Equal(
            sweep.RootElement.GetProperty("suggestion").ValueKind == JsonValueKind.Number,
            texts.Any(text => text.StartsWith("steepest: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task LearningRate_Png_WritesAPicture()
    {
        var plot = Path.Combine(_folder.FullName, "plot.png");

        var run = await Run(
            "lr-find", "--data", SmallFolder(), "--arch", "resnet20", "--image-size", "16", "--batch-size", "4", "--steps", "20", "--out",
            plot);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("learning rate", run.Output, StringComparison.Ordinal);
        using var picture = SkiaSharp.SKBitmap.Decode(plot);
        Assert.Equal((900, 540), (picture.Width, picture.Height));
        Assert.InRange(picture.Pixels.Distinct().Count(), 20, int.MaxValue);     // lines and letters, not a blank sheet
    }

    [Fact]
    public async Task Train_EveryFlagOfTheRecipe_IsFollowed()
    {
        string[] flags =
        [
            "--preset", "best", "--epochs", "1", "--batch-size", "6", "--optimizer", "adamw", "--schedule", "one-cycle", "--learning-rate",
                "0.002",
            "--warmup-epochs", "0.5", "--weight-decay", "0.01", "--label-smoothing", "0.05", "--augmentation", "none", "--ema", "0.9",
            "--clip", "1",
            "--class-balance", "balanced-sampling", "--early-stopping", "3", "--no-report",
        ];

        var run = await Run(
            ["train", "--data", SmallFolder(), "--arch", "resnet20", "--image-size", "16", "--out", Path.Combine(
                _folder.FullName, "out"), .. flags]);

        Assert.Equal(0, run.ExitCode);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "out", "report.html")));
        Assert.Contains("No weights are named, so resnet20 starts from random ones.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Classes with fewer than 10 images: bag (6), coat (6).", run.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Recipe: everything, 1 epoch by AdamW at up to 0.002 (OneCycle); the rate rises for 1 step; gradients clipped to 1; "
            + "weights averaged with 0.9; "
            + "classes balanced by BalancedSampling; labels smoothed by 0.05; batches of 6; augmentation: none.",
            run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ReportThatCannotBeWritten_KeepsTheModel()
    {
        var output = Path.Combine(_folder.FullName, "out");
        Directory.CreateDirectory(Path.Combine(output, "report.html"));

        var run = await Run(
            "train", "--data", SmallFolder(), "--arch", "resnet20", "--image-size", "16", "--epochs", "1", "--out", output);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("The model is saved, but report.html could not be written: ", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(output, "model.zip")));
        Assert.Equal([], Directory.GetFiles(output, "*.tmp"));
    }

    [Fact]
    public async Task BenchmarkTrain_Json_PrintsThreeFigures()
    {
        var run = await Run("benchmark", "train", "--arch", "resnet18", "--batch-size", "2", "--steps", "2", "--json");

        Assert.Equal(0, run.ExitCode);
        using var figures = JsonDocument.Parse(run.Output);
        Assert.Equal(
            ["imagesPerSecond", "bareImagesPerSecond", "peakMemoryMB"],
            figures.RootElement.EnumerateObject().Select(figure => figure.Name));
        Assert.All(figures.RootElement.EnumerateObject(), figure => Assert.InRange(
            figure.Value.GetDouble(), double.Epsilon, double.MaxValue));
    }

    [Fact]
    public async Task BenchmarkScore_Json_PrintsEveryPath()
    {
        var (data, model) = (SmallFolder(), Path.Combine(_folder.FullName, "model.onnx"));
        await File.WriteAllTextAsync(Path.Combine(data, "bag", "zero.png"), "", TestContext.Current.CancellationToken);

        var export = await Run("export", "--arch", "resnet20", "--classes", "2", "--out", model);
        var run = await Run(
            "benchmark", "score", "--model", model, "--int8", model, "--data", data, "--fast", "--threads", "1", "--rounds", "1",
            "--images", "20", "--json");

        Assert.Equal((0, 0), (export.ExitCode, run.ExitCode));
        using var document = JsonDocument.Parse(run.Output);
        var result = document.RootElement;
        Assert.Equal((12, 1), (result.GetProperty("images").GetInt32(), result.GetProperty("unreadable").GetInt32()));
        Assert.Equal(
            (32, 1, 1), (result.GetProperty("imageSize").GetInt32(), result.GetProperty("threads").GetInt32(), result.GetProperty("rounds")
                .GetInt32()));
        var paths = result.GetProperty("paths").EnumerateArray().ToList();
        Assert.Equal(
            ["decode", "session", "stockChain", "batchedChain", "imageClassifier", "int8"],
            paths.Select(path => path.GetProperty("path").GetString()).Where(path => path != "stockChainDefault"));    // with one core only
        Assert.All(paths, path => Assert.Equal(
            ["path", "imagesPerSecond", "bytesPerImage", "peakMemoryMB"], path.EnumerateObject().Select(figure => figure.Name)));
        Assert.True(result.GetProperty("ratios").GetProperty("int8ToClassifier").GetDouble() > 0);
    }

    [Fact]
    public async Task Models_Json_ListsTheTable()
    {
        var run = await Run("models", "--json");

        using var models = JsonDocument.Parse(run.Output);
        var resnet50 = models.RootElement.EnumerateArray().Single(model => model.GetProperty("name").GetString() == "resnet50");
        Assert.Equal(25_557_032, resnet50.GetProperty("parameters").GetInt64());     // torchvision's documentation
        Assert.Equal(224, resnet50.GetProperty("imageSize").GetInt32());
    }

    [Fact]
    public async Task Models_Markdown_IsThePageInTheDocs()
    {
        var run = await Run("models", "--markdown");

        var page = await File.ReadAllTextAsync(
            Path.Combine(Places.RepositoryRoot, "docs", "models.md"), TestContext.Current.CancellationToken);
        Assert.Equal(page.ReplaceLineEndings("\n"), run.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Export_Labels_WritesThemIntoAModelThatEvaluates()
    {
        var data = SmallFolder();
        var (labels, onnx) = (Path.Combine(_folder.FullName, "labels.txt"), Path.Combine(_folder.FullName, "model.onnx"));
        await File.WriteAllLinesAsync(labels, ["bag", "coat", "bag"], TestContext.Current.CancellationToken);

        var export = await Run("export", "--arch", "resnet20", "--labels", labels, "--out", onnx);
        var evaluate = await Run("evaluate", "--model", onnx, "--data", data, "--json");

        Assert.Equal((0, 0), (export.ExitCode, evaluate.ExitCode));
        Assert.Contains("names 'bag' in lines 1 and 3: the classes are called 'bag' and 'bag 2'.", export.Error, StringComparison.Ordinal);
        using var figures = JsonDocument.Parse(evaluate.Output);
        Assert.Equal(
            ["bag", "coat", "bag 2"], figures.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        var counts = figures.RootElement.GetProperty("confusionMatrix").EnumerateArray()
            .Select(row => row.EnumerateArray().Sum(count => count.GetInt32()));
        Assert.Equal([6, 6, 0], counts);
        var last = figures.RootElement.GetProperty("perClass").EnumerateArray().Last();
        Assert.Equal(["label", "images", "precision", "recall", "f1"], last.EnumerateObject().Select(figure => figure.Name));
        Assert.Equal(JsonValueKind.Null, last.GetProperty("recall").ValueKind);      // of no image is known how it is recognised
        Assert.InRange(figures.RootElement.GetProperty("expectedCalibrationError").GetDouble(), 0, 1);
    }

    [Fact]
    public async Task Quantize_ExportedNetwork_WritesASmallerOneThatEvaluates()
    {
        var data = SmallFolder();
        var (labels, onnx) = (Path.Combine(_folder.FullName, "labels.txt"), Path.Combine(_folder.FullName, "model.onnx"));
        var (int8, halved, foreign) = (Path.Combine(
            _folder.FullName, "int8.onnx"), Path.Combine(_folder.FullName, "fp16.onnx"), Path.Combine(_folder.FullName, "none.onnx"));
        await File.WriteAllLinesAsync(labels, ["bag", "coat"], TestContext.Current.CancellationToken);

        var export = await Run("export", "--arch", "resnet20", "--labels", labels, "--out", onnx);
        var quantize = await Run(
            "quantize", "--model", onnx, "--data", data, "--calibration", "entropy", "--calibration-images", "4", "--no-gate", "--json",
            "--out", int8);
        var evaluate = await Run("evaluate", "--model", int8, "--data", data, "--json");
        var halve = await Run("quantize", "--model", onnx, "--weights-only", "fp16", "--json", "--out", halved);
        var again = await Run("quantize", "--model", int8, "--data", data, "--out", Path.Combine(_folder.FullName, "twice.onnx"));
        var stranger = await Run("quantize", "--model", onnx, "--data", SmallFolder("sandal"), "--out", foreign);
        var unlabelled = await Run(
            "quantize", "--model", onnx, "--data", Path.Combine(data, "sandal"), "--no-gate", "--json", "--out",
            Path.Combine(_folder.FullName, "flat.onnx"));

        Assert.Equal((0, 0, 0, 0), (export.ExitCode, quantize.ExitCode, evaluate.ExitCode, halve.ExitCode));
        using var quantized = JsonDocument.Parse(quantize.Output);
        Assert.Equal(
            ["sizeBefore", "sizeAfter", "microAccuracyBefore", "microAccuracyAfter", "floatLayers"],
            quantized.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal((new FileInfo(onnx).Length, new FileInfo(int8).Length),
            (quantized.RootElement.GetProperty("sizeBefore").GetInt64(), quantized.RootElement.GetProperty("sizeAfter").GetInt64()));
        Assert.InRange(new FileInfo(int8).Length, 0, new FileInfo(onnx).Length / 3);
        using var evaluated = JsonDocument.Parse(evaluate.Output);
        Assert.Equal(
            evaluated.RootElement.GetProperty("microAccuracy").GetDouble(),
            quantized.RootElement.GetProperty("microAccuracyAfter").GetDouble());
        using var halves = JsonDocument.Parse(halve.Output);
        Assert.Equal(JsonValueKind.Null, halves.RootElement.GetProperty("microAccuracyAfter").ValueKind);
        Assert.InRange(new FileInfo(halved).Length, 0, new FileInfo(onnx).Length * 0.6);
        Assert.Equal((2, 2), (again.ExitCode, stranger.ExitCode));
        Assert.Contains("is quantised already", again.Error, StringComparison.Ordinal);
        Assert.Contains(
            "does not know the class 'sandal'; it knows 'bag', 'coat'. Without the accuracy gate (--no-gate", stranger.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(foreign));
        Assert.Equal(0, unlabelled.ExitCode);
        using var calibrated = JsonDocument.Parse(unlabelled.Output);
        Assert.Equal(JsonValueKind.Null, calibrated.RootElement.GetProperty("microAccuracyAfter").ValueKind);
    }

    [Theory]
    [InlineData("does not exist", "train", "--data", "missing", "--arch", "resnet20", "--out", "OUT")]
    [InlineData("Unknown architecture", "train", "--data", "DATA", "--arch", "resnet19", "--out", "OUT")]
    [InlineData("--epochs is 0; it must be at least 1.", "train", "--data", "DATA", "--arch", "resnet20", "--epochs", "0", "--out", "OUT")]
    [InlineData(
        "--preset is 'fast'; expected quick, balanced or best.", "train", "--data", "DATA", "--arch", "resnet20", "--preset", "fast",
        "--out", "OUT")]
    [InlineData(
        "--optimizer is given without a value: what changes the weights", "train", "--data", "DATA", "--arch", "resnet20", "--out", "OUT",
        "--optimizer")]
    [InlineData("--ema is 1; it must be from 0 to below 1.", "train", "--data", "DATA", "--arch", "resnet20", "--ema", "1", "--out", "OUT")]
    [InlineData("at least two classes", "train", "--data", "ONE", "--arch", "resnet20", "--out", "OUT")]
    [InlineData("cannot be written to", "train", "--data", "DATA", "--arch", "resnet20", "--out", "FILE")]
    [InlineData("'train' needs --out", "train", "--data", "DATA")]
    [InlineData("must end in .png or .svg", "lr-find", "--data", "DATA", "--arch", "resnet20", "--out", "plot.pdf")]
    [InlineData("--steps is 5; it must be at least 10.", "lr-find", "--data", "DATA", "--arch", "resnet20", "--steps", "5")]
    [InlineData("neither an ML.NET model.zip nor an ONNX model", "evaluate", "--model", "FILE", "--data", "DATA")]
    [InlineData("does not exist", "predict", "--model", "missing.onnx", "FILE")]
    [InlineData("--device is 'gpu'; expected auto, cpu, cuda:0, ", "predict", "--model", "missing.onnx", "--device", "gpu", "FILE")]
    [InlineData(
        "--device is 'coreml'; expected auto, cpu or cuda:0.", "train", "--data", "DATA", "--arch", "resnet20", "--device", "coreml",
        "--out", "OUT")]
    [InlineData(
        "reference Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime", "evaluate", "--model", "MODEL", "--data", "DATA",
        "--device", "cuda:0")]
    [InlineData("does not exist", "quantize", "--model", "missing.onnx", "--data", "DATA", "--out", "OUT")]
    [InlineData("int8 needs --data", "quantize", "--model", "FILE", "--out", "OUT")]
    [InlineData(
        "--calibration is 'mean'; expected minmax, percentile or entropy.", "quantize", "--model", "FILE", "--data", "DATA",
        "--calibration", "mean", "--out", "OUT")]
    [InlineData("--weights-only is 'fp8'; expected fp16.", "quantize", "--model", "FILE", "--weights-only", "fp8", "--out", "OUT")]
    [InlineData(
        "--max-drop is -1; it must be from 0 to 100.", "quantize", "--model", "FILE", "--data", "DATA", "--max-drop", "-1", "--out", "OUT")]
    [InlineData("neither an ML.NET model.zip nor an ONNX model", "quantize", "--model", "FILE", "--data", "DATA", "--out", "OUT")]
    [InlineData("does not exist", "benchmark", "score", "--model", "missing.onnx", "--data", "missing")]
    [InlineData("The model file 'missing.onnx' does not exist.", "benchmark", "score", "--model", "missing.onnx", "--data", "DATA")]
    [InlineData("neither an ML.NET model.zip nor an ONNX model", "benchmark", "score", "--model", "FILE", "--data", "DATA")]
    [InlineData("holds no images", "benchmark", "score", "--model", "FILE", "--data", "EMPTY")]
    [InlineData("--batch-size is 0; it must be at least 1.", "evaluate", "--model", "FILE", "--data", "DATA", "--batch-size", "0")]
    [InlineData(
        "--rounds is 0; it must be at least 1.", "benchmark", "score", "--model", "FILE", "--data", "DATA", "--rounds",
        "0")]
    [InlineData(
        "--learning-rate is '0,05'; write numbers with a point: 0.05.", "train", "--data", "DATA", "--arch", "resnet20", "--learning-rate",
        "0,05", "--out", "OUT")]
    [InlineData(
        "ends in .zip, but what would be written is .onnx; let its name end in .onnx.", "quantize", "--model", "FILE", "--data", "DATA",
        "--out", "x.zip")]
    [InlineData(
        "--mean is '0,5'; write one number or three", "train", "--data", "DATA", "--arch", "resnet20", "--mean", "0,5", "--out", "OUT")]
    [InlineData(
        "--mean is 124 116 104; it must be three numbers from 0 to 1", "train", "--data", "DATA", "--arch", "resnet20", "--mean", "124",
        "116", "104", "--out", "OUT")]
    [InlineData("--std is 0; it must be", "export", "--arch", "resnet20", "--std", "0", "--out", "OUT")]
    [InlineData(
        "--weights-key is ema; it must be left out if no --weights are given.", "export", "--arch", "resnet20", "--weights-key", "ema",
        "--out", "OUT")]
    [InlineData(
        "it is a text, neither safetensors nor a file of torch.save", "export", "--arch", "resnet20", "--weights", "FILE", "--out", "OUT")]
    [InlineData(
        "--fine-tune is head; it must be none if no --weights are given", "train", "--data", "DATA", "--arch", "resnet20", "--fine-tune",
        "head", "--out", "OUT")]
    [InlineData(
        "--max-skipped is -1; it must be 0 or more.", "evaluate", "--model", "FILE", "--data", "DATA", "--max-skipped", "-1")]
    [InlineData(
        "ends in .pdf, but what would be written is .html", "evaluate", "--model", "FILE", "--data", "DATA", "--report", "page.pdf")]
    [InlineData("would lie in the folder of images", "predict", "--model", "FILE", "--explain", "INDATA", "DATA")]
    [InlineData("--data is empty; give it a value.", "train", "--data", "", "--arch", "resnet20", "--out", "OUT")]
    [InlineData("The argument <image> is empty; give it a value.", "predict", "--model", "FILE", "")]
    [InlineData(
        "--head-learning-rate is 0; it must be above 0.", "lr-find", "--data", "DATA", "--arch", "resnet20", "--head-learning-rate", "0")]
    [InlineData("--steps is 0; it must be at least 1.", "benchmark", "train", "--arch", "resnet20", "--steps", "0")]
    [InlineData("at least 2", "export", "--arch", "resnet20", "--classes", "1", "--out", "OUT")]
    public async Task Run_BadInput_SaysSoInOneSentence(string sentence, params string[] arguments)
    {
        var one = Directory.CreateDirectory(Path.Combine(_folder.FullName, "one")).FullName;
        Directory.Move(Path.Combine(SmallFolder(), "coat"), Path.Combine(one, "coat"));
        var data = SmallFolder();
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "text", TestContext.Current.CancellationToken);
        var output = Path.Combine(_folder.FullName, "out");
        var empty = Directory.CreateDirectory(Path.Combine(_folder.FullName, "empty")).FullName;
        var names = new Dictionary<string, string>
        {
            ["DATA"] = data,
            ["ONE"] = one,
            ["EMPTY"] = empty,
            ["FILE"] = file,
            ["MODEL"] = Path.Combine(Places.RepositoryRoot, "samples", "ModelBuilderStyle", "Garments.zip"),
            ["OUT"] = output,
            ["INDATA"] = Path.Combine(data, "why"),
        };

        var run = await Run([.. arguments.Select(argument => names.GetValueOrDefault(argument, argument))]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(
            sentence, Assert.Single(run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
        Assert.Equal("text", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TrainAndExport_WeightsOfAnEarlierTraining_StartFromThem()
    {
        var (first, second) = (Path.Combine(_folder.FullName, "first"), Path.Combine(_folder.FullName, "second"));
        var (weights, onnx) = (Path.Combine(first, "weights.safetensors"), Path.Combine(_folder.FullName, "model.onnx"));
        string[] train = ["train", "--arch", "resnet20", "--epochs", "1"];

        var scratch = await Run([.. train, "--data", SmallFolder(), "--image-size", "16", "--out", first]);
        var tuned = await Run([.. train, "--data", SmallFolder("bag", "coat", "sandal"), "--weights", weights, "--out", second]);
        var export = await Run("export", "--arch", "resnet20", "--weights", weights, "--out", onnx);
        var refused = await Run(
            "export", "--arch", "resnet20", "--weights", weights, "--classes", "5", "--out", Path.Combine(_folder.FullName, "five.onnx"));

        Assert.Equal((0, 0, 0, 2), (scratch.ExitCode, tuned.ExitCode, export.ExitCode, refused.ExitCode));
        Assert.DoesNotContain("egun anew", scratch.Error, StringComparison.Ordinal);
        Assert.Contains("Begun anew, not taken from the weights: fc.", tuned.Error, StringComparison.Ordinal);
        using var metrics = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(second, "metrics.json"), TestContext.Current.CancellationToken));
        Assert.Equal(16, metrics.RootElement.GetProperty("imageSize").GetInt32());      // the weights' own
        Assert.Equal(onnx, export.Output.Trim());
        Assert.DoesNotContain("egun anew", export.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "are for 2 classes, not 5: leave the number of classes out, or train to get a new last layer.",
            refused.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "five.onnx")));
    }

    [Theory]
    [InlineData("evil-system.pth", null, "which is not allowed: only tensors are read, nothing is run")]
    [InlineData("types.safetensors", 200, "is damaged")]
    [InlineData("types.pth", null, "do not fit resnet20")]
    [InlineData("no-such-file.pth", null, "There is no weights file")]
    public async Task Export_BadWeights_SaysSoAndWritesNothing(string fixture, int? length, string sentence)
    {
        var source = Path.Combine(Places.RepositoryRoot, "tests", "Trainers.Tests", "Fixtures", "checkpoints", fixture);
        var (weights, output) = (Path.Combine(_folder.FullName, fixture), Path.Combine(_folder.FullName, "out", "model.onnx"));
        if (File.Exists(source))
        {
            var content = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(weights, content[..(length ?? content.Length)], TestContext.Current.CancellationToken);
        }

        var run = await Run("export", "--arch", "resnet20", "--weights", weights, "--out", output);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        var lines = run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(sentence, lines[^1], StringComparison.Ordinal);
        Assert.Contains(weights, lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(output)) && Directory.GetFiles(Path.GetDirectoryName(output)!).Length > 0);
    }

    /// <summary>Whatever the machine, nobody answers at the discard port.</summary>
    [Fact]
    public async Task Export_PublishedWeightsWithoutANetwork_NamesTheFileAndTheFolder()
    {
        const string Nobody = "http://127.0.0.1:9";
        var (cache, output) = (Path.Combine(_folder.FullName, "cache"), Path.Combine(_folder.FullName, "model.onnx"));
        var environment = new Dictionary<string, string>
        {
            ["MLVISION_CACHE"] = cache,
            ["HTTPS_PROXY"] = Nobody,
            ["https_proxy"] = Nobody,
            ["ALL_PROXY"] = Nobody,
            ["NO_PROXY"] = "",
            ["no_proxy"] = "",
        };

        var run = await AppProcess.Run(
            Places.CommandLine, ["export", "--arch", "resnet50", "--weights", "imagenet1k_v1", "--out", output], environment);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        var sentence = run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Contains("resnet50-0676ba61.pth", sentence, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(cache, "weights"), sentence, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    /// <summary>The build links the file beside the command line; its features have no classifier to write.</summary>
    [Fact]
    public async Task Export_WeightsThatACommandLineCarries_SaysToTrain()
    {
        var output = Path.Combine(_folder.FullName, "model.onnx");

        var run = await Run("export", "--arch", "resnet18_mlnet", "--weights", "imagenet_mlnet", "--out", output);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        var carried = Path.Combine(Path.GetDirectoryName(Places.CommandLine)!, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
        Assert.StartsWith(
            $"The weights in '{carried}' end with features and have no classifier: train",
            run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task Train_NothingNamed_LearnsALastLayerOfTheWeightsThatItCarries()
    {
        var output = Path.Combine(_folder.FullName, "out");

        var run = await Run("train", "--data", SmallFolder(), "--fine-tune", "head", "--epochs", "2", "--out", output);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("These are the published imagenet_mlnet", run.Error, StringComparison.Ordinal);
        Assert.Contains("Training resnet18_mlnet on ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Begun anew, not taken from the weights: fc.", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(output, "model.zip")));
    }

    /// <summary>The model knows bag and coat; then there are coat and dress; then only strangers.</summary>
    [Fact]
    public async Task Train_OwnModel_GoesOnWithTheClassesThatItKnows()
    {
        string Output(string name) => Path.Combine(_folder.FullName, name);
        string[] common = ["--epochs", "1"];
        var first = await Run(["train", "--data", SmallFolder(), "--arch", "resnet20", .. common, "--out", Output("first")]);
        var (model, data) = (Path.Combine(Output("first"), "model.zip"), Path.Combine(_folder.FullName, "data"));
        Directory.Delete(Path.Combine(data, "bag"), recursive: true);
        SmallFolder("dress");

        var second = await Run(["train", "--data", data, .. common, "--weights", model, "--out", Output("second")]);
        Directory.Move(Path.Combine(data, "coat"), Path.Combine(data, "mantle"));
        var third = await Run(["train", "--data", data, .. common, "--weights", model, "--out", Output("third")]);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Contains("Training resnet20 on ", second.Error, StringComparison.Ordinal);       // the model's own
        Assert.Contains(
            "The weights' last layer knows the classes bag, coat: kept for coat, begun anew for dress, dropped for bag.", second.Error,
            StringComparison.Ordinal);
        Assert.Equal((2, ""), (third.ExitCode, third.Output));
        Assert.Equal(
            $"The model '{model}' knows the classes bag, coat, and the images are of dress, mantle, none of them: name the classes " +
            "alike, or set --replace-head for a new last layer.",
            third.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.False(File.Exists(Path.Combine(Output("third"), "model.zip")));
    }

    /// <summary>Six images of each class, of two by default, copied.</summary>
    private string SmallFolder(params string[] labels)
    {
        var root = Path.Combine(_folder.FullName, "data");
        foreach (var label in labels.DefaultIfEmpty("bag").Append("coat").Distinct())
        {
            var target = Directory.CreateDirectory(Path.Combine(root, label)).FullName;
            foreach (var image in Directory.GetFiles(Path.Combine(Places.FashionMnist, "train", label)).Order(StringComparer.Ordinal)
                .Take(6))
            {
                File.Copy(image, Path.Combine(target, Path.GetFileName(image)), overwrite: true);
            }
        }

        return root;
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments) =>
        await AppProcess.Run(Places.CommandLine, arguments);
}
