using MLVision.MLNetExtensions;

namespace MLVision.Cli.Projects;

/// <summary>What a project is called: in titles, in files and in C#.</summary>
internal sealed record ProjectName
{
    private const int LongestFileName = 100;

    /// <summary>Names that the templates use, which a class of the same name would hide.</summary>
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "AppContext", "Array", "Convert", "Console", "CultureInfo", "Directory", "Environment", "Exception", "File", "IDataView",
        "ITransformer", "Labels", "Lazy", "List", "MLContext", "MLImage", "MLVision", "Microsoft", "ModelInput", "ModelOutput",
        "ObjectPool", "Path", "Photograph", "PredictEngine", "Program", "Results", "StringComparer", "System", "KeyValuePair",
        "Evaluated", "Evaluate", "Predict", "PredictAllLabels", "Train", "LabelNames", "Answer", "Upload", "Action", "Enumerable",
        "IEstimator", "ImageTrainingOptions", "ModelOutputs", "SchemaDefinition", "TransformerChain", "MemoryStream", "Equals",
        "ToString", "GetHashCode", "GetType", "Read", "StepsOf", "LoadModel", "Only", "ScoresOf", "BuildPipeline", "Score", "Label",
        "WebApplication", "HttpRequest", "IResult", "InvalidDataException", "ArgumentNullException", "ArgumentException", "IOException",
        "UnauthorizedAccessException", "PredictionEngine", "ImageLoadingTransformer", "VectorDataViewType", "NumberDataViewType",
        "MulticlassClassificationMetrics", "CreatePredictEngine", "MLNetModelPath", "ModelFile", "LoadedColumn", "Dictionary",
    };

    /// <summary>The name as it was given: any text but a path.</summary>
    public required string Title { get; init; }

    /// <summary>What files begin with: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>The class.</summary>
    public required string Class { get; init; }

    /// <summary>The namespace around the class.</summary>
    public string Namespace => Class + "App";

    /// <summary>Makes the names.</summary>
    /// <param name="name">What was given.</param>
    /// <exception cref="ImageClassificationException">It is empty, a path, too long, or has neither letters nor digits.</exception>
    public static ProjectName Of(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ImageClassificationException("--name is empty; give the project a name, such as Flowers.");
        }

        if (name.AsSpan().ContainsAny('/', '\\') || name.Trim() is "." or "..")
        {
            throw new ImageClassificationException($"--name is '{name}', which is a path; give a name, and the folder with --out.");
        }

        var identifier = CSharpName.Of(name);
        if (identifier.Length == 0)
        {
            throw new ImageClassificationException(
                $"--name is '{name}', which has neither letters nor digits; give a name such as Flowers.");
        }

        if (identifier.Length > LongestFileName)
        {
            throw new ImageClassificationException($"--name has {identifier.Length} letters; give a name of at most {LongestFileName}.");
        }

        return new ProjectName
        {
            Title = name,
            FileName = IsPlain(name) ? name : identifier,
            Class = Taken.Contains(identifier) ? identifier + "Model" : identifier,
        };
    }

    /// <summary>Whether a name can stand in files, on all systems, as it is.</summary>
    private static bool IsPlain(string name) =>
        char.IsLetterOrDigit(name[0]) && name.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_') && !IsDevice(name);

    /// <summary>Whether Windows takes a file of that name for a device.</summary>
    private static bool IsDevice(string name) =>
        name.ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL"
        || (name.Length == 4 && char.IsDigit(name[3]) && name.StartsWith("COM", StringComparison.OrdinalIgnoreCase))
        || (name.Length == 4 && char.IsDigit(name[3]) && name.StartsWith("LPT", StringComparison.OrdinalIgnoreCase));
}
