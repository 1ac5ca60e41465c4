using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.AI;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Embeddings;
using MLVision.MLNetExtensions.Images.Folders;
using Search;

// Finds the photographs of a folder that look most like a given one.
// dotnet run -c Release --project samples/Search [-- FOLDER [PHOTOGRAPH [MODEL]]]
// Without MODEL, one is made at the first run. A model of your own needs --outputs embedding when it is trained.

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var flowers = typeof(Photograph).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "Images").Value!;
var folder = Path.GetFullPath(args.ElementAtOrDefault(0) ?? flowers);
var model = args.ElementAtOrDefault(2) ?? Path.GetFullPath(Path.Combine("artifacts", "search", "model.onnx"));
try
{
    if (args.Length < 3 && !File.Exists(model))
    {
        SearchModel.Make(Path.Combine(flowers, "train"), model);
    }

    using var generator = ImageEmbeddingGenerator.Load(model);
    using var photographs = new ExactCollection(generator);
    var files = ImageFolder.ListFiles(folder);
    var watch = Stopwatch.StartNew();

    // 1. Index: any store of Microsoft.Extensions.VectorData would take the same records.
    await Parallel.ForEachAsync(files, async (path, cancellationToken) =>
    {
        try
        {
            var vector = await generator.GenerateVectorAsync(path, cancellationToken: cancellationToken);
            await photographs.UpsertAsync(new Photograph { Path = path, Embedding = vector }, cancellationToken);
        }
        catch (ImageDataException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    });
    Console.WriteLine($"{files.Count} photographs indexed in {watch.Elapsed.TotalSeconds:0.0} s");

    // 2. Search: for one photograph, or for the first of each folder.
    IEnumerable<string> queries = args.ElementAtOrDefault(1) is { } given ? [Path.GetFullPath(given)]
        : files.GroupBy(path => Path.GetFileName(Path.GetDirectoryName(path))).Select(folder => folder.First());
    foreach (var query in queries)
    {
        Console.WriteLine();
        Console.WriteLine($"Most like {Path.GetRelativePath(folder, query)}:");
        await foreach (var result in photographs.SearchAsync(query, top: 5, new() { Filter = other => other.Path != query }))
        {
            Console.WriteLine($"  {result.Score:0.000}  {Path.GetRelativePath(folder, result.Record.Path)}");
        }
    }

    return 0;
}
catch (ImageClassificationException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
