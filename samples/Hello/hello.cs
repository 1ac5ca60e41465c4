#:package MLVision.Trainers@0.1.0
#:package libtorch-cpu-linux-x64@2.10.0
#:package Microsoft.ML.DnnImageFeaturizer.ResNet18@0.23.1
#:property PublishAot=false

using Microsoft.ML;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Trainers.Options;

var ml = new MLContext(seed: 1);
IDataView photographs = ml.Data.LoadImageFolder("samples/data/flowers/train");      // one sub-folder per class
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.Transforms.LoadImages("Image", imageFolder: "", "ImagePath"))
    .Append(ml.Transforms.ImageClassifier(new ImageTrainingOptions { FineTuning = FineTuning.HeadOnly }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
ml.Model.Save(pipeline.Fit(photographs), photographs.Schema, "artifacts/flowers.zip");

using var classifier = ImageClassifier.Load("artifacts/flowers.zip");
foreach (string image in Directory.GetFiles("samples/data/flowers/test/roses"))
    Console.WriteLine($"{image} looks like {classifier.Predict(image).Label}");
