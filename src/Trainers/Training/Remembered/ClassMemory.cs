using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Preprocessing;
using MLVision.Trainers.Weights;

namespace MLVision.Trainers.Training.Remembered;

/// <summary>What a model remembers of its classes: the features of a few of each one's images.</summary>
/// <param name="Rows">The features, computed by the model's backbone.</param>
/// <param name="Model">What the model's file says about it: its classes, and how its images are prepared.</param>
/// <param name="Backbone">The backbone's digest.</param>
internal sealed record ClassMemory(RememberedRows Rows, ClassifierMetadata Model, string Backbone)
{
    /// <summary>The file's name in the folder of its model.</summary>
    public const string FileName = "classes.safetensors";

    /// <summary>Throws unless the features are those of a model's classes and backbone, with images prepared as they will be now.</summary>
    /// <param name="path">The memory's file.</param>
    /// <param name="weights">The model's file.</param>
    /// <param name="backbone">The digest of the model's backbone.</param>
    /// <param name="width">Number of features that it computes.</param>
    /// <param name="now">How its images are prepared.</param>
    /// <exception cref="WeightMismatchException">They are not.</exception>
    public void RequireFit(string path, string weights, string backbone, long width, ImagePreprocessing now)
    {
        if (Backbone != backbone || Rows.Width != width)
        {
            throw new WeightMismatchException(
                $"The class memory '{path}' is of another backbone than that of '{weights}', to which its features mean nothing: give " +
                $"the {FileName} that was written with this model, and the model as training wrote it, neither quantized nor halved.");
        }

        var before = new ImagePreprocessing(Model.ImageSize, Model.CropSize, new Normalization(Model.Mean, Model.StandardDeviation));
        if ((before.ResizeSize, before.ImageSize) != (now.ResizeSize, now.ImageSize) || !before.Normalization.IsSame(now.Normalization))
        {
            throw new WeightMismatchException(
                $"The class memory '{path}' is of images of {Words(before)}, and the new ones would be of {Words(now)}: leave ImageSize, " +
                "ResizeSize, Mean and StandardDeviation out, so that both are prepared alike.");
        }
    }

    private static string Words(ImagePreprocessing images) =>
        (images.ResizeSize == images.ImageSize ? $"{images.ImageSize} pixels" : $"{images.ResizeSize} pixels cut to {images.ImageSize}") +
        $" normalised by {images.Normalization}";
}
