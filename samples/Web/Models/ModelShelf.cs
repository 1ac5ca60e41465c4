using System.Diagnostics.Metrics;
using MLVision.MLNetExtensions;

namespace Web.Models;

/// <summary>
/// The models that can be asked: the first, and those in the models folder. Each is loaded when it is first asked, and follows its file.
/// </summary>
/// <remarks>A name that comes with a request is compared with those of the files that are there; no path is ever made of it.</remarks>
internal sealed class ModelShelf(Settings settings, ILoggerFactory loggers, IMeterFactory meters, ILogger<ModelShelf> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ServedModel> _loaded = [];     // the one that was asked last is the last
    private readonly string? _given = settings.Model is { } path ? Path.GetFullPath(path) : null;
    private volatile string? _first = settings.Model is { } path ? Path.GetFullPath(path) : null;

    /// <summary>The folder that models are chosen from, and trained ones are written to.</summary>
    public string Folder { get; } = Path.GetFullPath(settings.Models.Folder);

    /// <summary>The models by name, the first one first.</summary>
    public IReadOnlyList<ModelFile> List()
    {
        var paths = new[] { _first, _given }.OfType<string>().Concat(InFolder());
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var files = new List<ModelFile>();
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            var (name, number) = (NameOf(path), 1);
            while (!taken.Add(number == 1 ? name : $"{name} {number}"))
            {
                number++;
            }

            files.Add(new ModelFile(number == 1 ? name : $"{name} {number}", path, path == _first));
        }

        return files;
    }

    /// <summary>Loads the first model, so that its faults show at once.</summary>
    /// <exception cref="ImageClassificationException">It cannot be used.</exception>
    public void OpenFirst()
    {
        if (_first is null)
        {
            ShelfLog.NoModel(logger);
            return;
        }

        using var first = Open(name: null)!;
        ShelfLog.First(logger, _first, first.Classifier.Labels.Count);
    }

    /// <summary>A model, to be disposed after its last use.</summary>
    /// <param name="name">Its name; null for the first.</param>
    /// <returns>Null where there is none of that name.</returns>
    /// <exception cref="ImageClassificationException">Its file cannot be used.</exception>
    public ModelInUse? Open(string? name)
    {
        var file = List().FirstOrDefault(file => name is null ? file.IsFirst : file.Name == name);
        if (file is null)
        {
            return null;
        }

        lock (_lock)
        {
            var model = _loaded.Find(loaded => loaded.Path == file.Path);
            if (model is null)
            {
                model = new ServedModel(file.Path, loggers, meters);
                MakeRoom();
            }

            _loaded.Remove(model);
            _loaded.Add(model);
            return model.Use();
        }
    }

    /// <summary>Makes a model the first, which answers where none is named.</summary>
    /// <returns>Whether there is one of that name.</returns>
    /// <exception cref="ImageClassificationException">Its file cannot be used; the first remains.</exception>
    public bool MakeFirst(string name)
    {
        using var model = Open(name);
        if (model is not null)
        {
            _first = model.Path;
            ShelfLog.First(logger, model.Path, model.Classifier.Labels.Count);
        }

        return model is not null;
    }

    /// <summary>The first model, if it is loaded.</summary>
    public ModelInUse? OpenLoadedFirst()
    {
        lock (_lock)
        {
            return _loaded.Find(model => model.Path == _first)?.Use();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _loaded.ForEach(model => model.Dispose());
            _loaded.Clear();
        }
    }

    private void MakeRoom()
    {
        while (_loaded.Count >= settings.Models.MostLoaded)
        {
            var oldest = _loaded.Find(model => model.Path != _first) ?? _loaded[0];
            _loaded.Remove(oldest);
            oldest.Dispose();
        }
    }

    /// <summary>What "model.zip" is called says its folder.</summary>
    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path) is var name && name != "model"
        ? name : Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } folder ? folder : name;

    private IEnumerable<string> InFolder()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        var files = Directory.EnumerateFiles(Folder).Where(file => Path.GetExtension(file) is ".zip" or ".onnx");
        var folders = Directory.EnumerateDirectories(Folder).Where(folder => !Path.GetFileName(folder).StartsWith('.'))
            .Select(folder => Path.Combine(folder, "model.zip")).Where(File.Exists);
        return files.Concat(folders).Order(StringComparer.OrdinalIgnoreCase);
    }
}
