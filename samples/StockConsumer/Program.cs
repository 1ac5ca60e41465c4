using System.Text.Json;
using System.Text.Json.Serialization;
using StockConsumer;

// Scores images with a model.zip. See StockConsumer.csproj: it references Microsoft's packages, and not the library that trained the model.

const string Usage = "Usage: StockConsumer MODEL.zip IMAGE_OR_FOLDER... [--json]";
string[] imageExtensions = [".jpg", ".jpeg", ".jfif", ".jpe", ".jfi", ".jif", ".png", ".bmp", ".gif", ".webp"];

try
{
    var json = args.Contains("--json");
    var paths = args.Where(arg => arg != "--json").ToArray();
    if (paths.Length < 2 || paths.Any(path => path.StartsWith('-')))
    {
        throw new BadInputException(Usage);
    }

    var images = paths[1..].SelectMany(FindImages).ToArray();
    using var classifier = new ImageClassifier(paths[0]);
    var scored = images.Select(classifier.Score).ToArray();

    if (json)
    {
        Console.WriteLine(JsonSerializer.Serialize(scored, new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        }));
    }
    else
    {
        PrintTable(scored);
    }

    return 0;
}
catch (BadInputException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

IEnumerable<string> FindImages(string path)
{
    if (File.Exists(path))
    {
        return [path];
    }

    if (!Directory.Exists(path))
    {
        throw new BadInputException($"There is no image or folder '{path}'.");
    }

    var found = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
        .Where(file => imageExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
        .Order(StringComparer.Ordinal)
        .ToArray();
    return found.Length > 0 ? found : throw new BadInputException($"The folder '{path}' holds no images.");
}

static void PrintTable(ScoredImage[] scored)
{
    var imageWidth = scored.Max(image => image.Image.Length);
    var labelWidth = scored.Max(image => image.Label.Length);
    foreach (var image in scored)
    {
        Console.WriteLine($"{image.Image.PadRight(imageWidth)}  {image.Label.PadRight(labelWidth)}  {image.Probability,8:P2}");
    }
}
