using Microsoft.ML;
using Microsoft.ML.Data;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Scoring;
using MLVision.Trainers.Weights;

namespace MLVision.Cli.Projects;

/// <summary>The model that a project is made of.</summary>
internal sealed class ProjectModel
{
    private const string Int8 = "int8";

    private readonly string _path;

    /// <summary>Describes a model without opening its file.</summary>
    public ProjectModel(string path, ClassifierMetadata metadata, ModelOutputs outputs, bool isFloat) =>
        (_path, Metadata, Outputs, IsFloat) = (path, metadata, outputs, isFloat);

    /// <summary>What the file says of itself.</summary>
    public ClassifierMetadata Metadata { get; }

    /// <summary>What it gives beside scores.</summary>
    public ModelOutputs Outputs { get; }

    /// <summary>Whether a training can go on from it.</summary>
    public bool IsFloat { get; }

    /// <summary>Opens a <c>model.zip</c> or <c>model.onnx</c>, and proves that it runs.</summary>
    /// <exception cref="ModelFileException">It is missing, damaged, or not an image classifier of this product.</exception>
    public static ProjectModel Open(string path)
    {
        using var classifier = ImageClassifier.Load(path, new ImageScoringOptions { Device = ComputeDevice.Cpu });
        var isFloat = !ModelFacts.Read(path).Precision.Contains(Int8, StringComparison.Ordinal);
        return new ProjectModel(path, classifier.Metadata, classifier.Outputs, isFloat);
    }

    /// <summary>
    /// Writes a zip that stock ML.NET loads, and that takes a column <c>ImagePath</c>: the given one where it is such a zip.
    /// </summary>
    public void WriteZip(string target)
    {
        var ml = new MLContext();
        var paths = ml.Data.LoadFromEnumerable(Array.Empty<PathRow>()).Schema;
        if (IsPlainZip(ml, paths))
        {
            File.Copy(_path, target);
            return;
        }

        var onnx = target + ".onnx";
        WriteOnnx(onnx);
        using (var classifier = ml.Model.LoadImageClassifier(onnx, new ImageScoringOptions { Device = ComputeDevice.Cpu }))
        {
            ml.Model.Save(classifier, paths, target);
        }

        File.Delete(onnx);
    }

    /// <summary>Writes the network as ONNX.</summary>
    public void WriteOnnx(string target)
    {
        using var classifier = new MLContext().Model.LoadImageClassifier(_path, new ImageScoringOptions { Device = ComputeDevice.Cpu });
        classifier.SaveOnnx(target);
    }

    /// <summary>Whether stock ML.NET makes scores and labels as text of paths alone, with one step that reads files.</summary>
    private bool IsPlainZip(MLContext ml, DataViewSchema paths)
    {
        try
        {
            var model = ml.Model.Load(_path, out _);
            using var disposable = model as IDisposable;
            var columns = model.GetOutputSchema(paths);
            return StepsOf(model).Count(step => step is ImageLoadingTransformer) == 1
                && columns.GetColumnOrNull("Score")?.Type is VectorDataViewType
                && columns.GetColumnOrNull("PredictedLabel")?.Type is TextDataViewType;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // ML.NET names no exception for a file that is not its own, or for a column that is missing.
            return false;
        }
    }

    private static IEnumerable<ITransformer> StepsOf(ITransformer model) =>
        model is TransformerChain<ITransformer> chain ? chain.SelectMany(StepsOf) : [model];

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }
}
