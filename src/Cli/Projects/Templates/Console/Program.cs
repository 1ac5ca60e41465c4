// Written by `mlvision new`.
//   dotnet run -- photo.jpg …                                  labels photographs
//   dotnet run -- --evaluate FOLDER                            compares with the names of the folder's sub-folders
//   dotnet run -p:Training=true -- --train FOLDER model.zip    trains again, on FOLDER

using System.Globalization;
using {{Namespace}};

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    switch (args)
    {
        case ["--evaluate", var folder]:
            Evaluate(folder);
            return 0;
#if TRAINING
        case ["--train", var folder, var path]:
            {{Class}}.Train(folder, path);
            Console.WriteLine(path);
            return 0;
#else
        case ["--train", ..]:
            throw new InvalidDataException("Training is left out of this build; put it in with: dotnet run -p:Training=true -- --train …");
#endif
        case [] or [['-', ..], ..]:
            throw new InvalidDataException("Name photographs to be labelled: dotnet run -- photo.jpg");
        default:
            Array.ForEach(args, Label);
            return 0;
    }
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

static void Label(string path)
{
    var output = {{Class}}.Predict(new {{Class}}.ModelInput { ImageSource = File.ReadAllBytes(path) });
    Console.WriteLine(path);
    Console.WriteLine($"  {"Class",-40}{"Score"}");
    foreach (var (label, score) in {{Class}}.GetSortedScoresWithLabels(output))
    {
        Console.WriteLine($"  {label,-40}{score:0.0000}");
    }
{{if HasFamiliarity}}

    Console.WriteLine($"  {"as strange, of known images",-40}{output.Familiarity[0]:0.0000}");
{{end}}
}

static void Evaluate(string folder)
{
    var metrics = {{Class}}.Evaluate(folder, Console.Error.WriteLine);
    Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());
    Console.WriteLine($"micro-accuracy: {metrics.MicroAccuracy:0.0000}");
    Console.WriteLine($"macro-accuracy: {metrics.MacroAccuracy:0.0000}");
    Console.WriteLine($"log-loss: {metrics.LogLoss:0.0000}");
}
