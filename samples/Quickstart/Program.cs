using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MLVision.Trainers.Options;
using Quickstart;

// Learns to tell five flowers apart from 150 photographs, tests that on 50 others, saves the model, loads it back and labels a photograph.
// dotnet run -c Release --project samples/Quickstart [-- FOLDER], where FOLDER has train/ and test/ with one sub-folder per class.

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var data = Path.GetFullPath(args.FirstOrDefault()
    ?? typeof(Photograph).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "Images").Value!);
var output = Directory.CreateDirectory(Path.Combine("artifacts", "quickstart")).FullName;
var ml = new MLContext(seed: 1);

// 1. Load: one row per image, text columns ImagePath and Label. The label's key mapping is not saved with the model.
IDataView train = ml.Data.LoadImageFolder(Path.Combine(data, "train"));
IDataView test = ml.Data.LoadImageFolder(Path.Combine(data, "test"));
var labels = ml.Transforms.Conversion.MapValueToKey("Label").Fit(train);

// 2. Train: an ordinary ML.NET pipeline. The network starts from weights that know photographs, and only its last layer learns: seconds.
//    None of the 150 is held out: there are others to test on.
var trainer = ml.Transforms.ImageClassifier(new ImageTrainingOptions
{
    FineTuning = FineTuning.HeadOnly,
    ValidationFraction = 0,
    Logger = new ConsoleLogger(),
});
var model = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Append(trainer).Fit(labels.Transform(train));
using var classifier = model.LastTransformer;

// 3. Evaluate: the stock metrics, on photographs that the model has not seen.
var metrics = ml.MulticlassClassification.Evaluate(model.Transform(labels.Transform(test)));
Console.WriteLine();
Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());

// 4. Save: a zip that any ML.NET app loads without this library, and ONNX for other programs. The predicted label is text.
var shipped = model.Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(model.Transform(test)));
var zip = Path.Combine(output, "model.zip");
var onnx = Path.Combine(output, "model.onnx");
ml.Model.Save(shipped, train.Schema, zip);
classifier.SaveOnnx(onnx);

// 5. Reload and predict, as an app with the model does.
var reloaded = ml.Model.Load(zip, out _);
using var engine = ml.Model.CreatePredictionEngine<Photograph, Prediction>(reloaded);
var images = Directory.GetFiles(Path.Combine(data, "test"), "*.*", SearchOption.AllDirectories);
var image = images.Order(StringComparer.Ordinal).First();
var prediction = engine.Predict(new Photograph { ImagePath = image });

Console.WriteLine($"{Path.GetRelativePath(data, image)} looks like {prediction.PredictedLabel} ({prediction.Score.Max():0.0%})");
Console.WriteLine();
Console.WriteLine("Written:");
Console.WriteLine($"  {zip}");
Console.WriteLine($"  {onnx}");
Console.WriteLine("Try next, with a folder of your own that has a folder of photographs for each class:");
Console.WriteLine("  dotnet run -c Release --project src/Cli -- train --data YOUR_FOLDER --out OUT");
Console.WriteLine($"  dotnet run -c Release --project samples/StockConsumer -- {zip} {image}");

// Of n photographs, a share p of right answers has a standard error of √(p (1 − p) / n).
var error = Math.Sqrt(metrics.MicroAccuracy * (1 - metrics.MicroAccuracy) / images.Length);
Console.WriteLine($"Right: {metrics.MicroAccuracy:0%} of {images.Length} photographs, give or take {error:0.0%} for so few of them.");
Console.WriteLine($"micro-accuracy: {metrics.MicroAccuracy:0.0000}");
