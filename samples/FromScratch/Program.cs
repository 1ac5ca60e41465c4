using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MLVision.Trainers;
using FromScratch;

// Trains a small ResNet from random weights on 2,000 small pictures of clothes, saves it, loads it back and scores with it: what to do
// where there are many images, or where they are unlike photographs. About two minutes on two cores.
// dotnet run -c Release --project samples/FromScratch [-- FOLDER], where FOLDER has train/ and test/ with one sub-folder per class.

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var data = Path.GetFullPath(args.FirstOrDefault()
    ?? typeof(Garment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "Images").Value!);
var output = Directory.CreateDirectory(Path.Combine("artifacts", "from-scratch")).FullName;
var ml = new MLContext(seed: 1);

// 1. Load: one row per image, text columns ImagePath and Label. The label's key mapping is not saved with the model.
IDataView train = ml.Data.LoadImageFolder(Path.Combine(data, "train"));
IDataView test = ml.Data.LoadImageFolder(Path.Combine(data, "test"));
var labels = ml.Transforms.Conversion.MapValueToKey("Label").Fit(train);

// 2. Train: an ordinary ML.NET pipeline.
var trainer = ml.MulticlassClassification.Trainers.ResNet(new ResNetOptions
{
    Depth = 20,
    Weights = "none",
    ImageSize = 28,
    Epochs = 15,
    LearningRate = 0.1,
    ValidationFraction = 0,
    Logger = new ConsoleLogger(),
});
var model = ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath").Append(trainer).Fit(labels.Transform(train));
using var classifier = model.LastTransformer;

// 3. Evaluate: the stock metrics.
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
using var engine = ml.Model.CreatePredictionEngine<Garment, Prediction>(reloaded);
var image = Directory.GetFiles(Path.Combine(data, "test"), "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
var prediction = engine.Predict(new Garment { ImagePath = image });

Console.WriteLine($"{Path.GetRelativePath(data, image)} looks like {prediction.PredictedLabel} ({prediction.Score.Max():0.0%})");
Console.WriteLine();
Console.WriteLine("Written:");
Console.WriteLine($"  {zip}");
Console.WriteLine($"  {onnx}");
Console.WriteLine("Try next:");
Console.WriteLine($"  dotnet run -c Release --project samples/StockConsumer -- {zip} {image}");
Console.WriteLine("  dotnet run -c Release --project src/Cli -- train --data YOUR_FOLDER --arch resnet18 --weights none --out OUT");
Console.WriteLine("  dotnet run -c Release --project src/Cli -- models");
Console.WriteLine($"micro-accuracy: {metrics.MicroAccuracy:0.0000}");
