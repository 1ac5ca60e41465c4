using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights.Files;

namespace MLVision.Trainers.Weights;

/// <summary>What our own files say about the network in them; other files say nothing.</summary>
internal static class OwnMetadata
{
    /// <summary>Reads a file's metadata; null if it has none. Of weights alone, impossible values count as none.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="asked">The architecture that the file is opened for.</param>
    /// <exception cref="WeightMismatchException">The file is a model of another architecture.</exception>
    public static ClassifierMetadata? Read(WeightsFile checkpoint, ImageModel asked)
    {
        var saved = Read(checkpoint.About);

        // A model says what it is; weights alone are compared by their names, which a remedy can be told from as well.
        return !checkpoint.IsModel || saved is null || saved.Architecture == asked.Name || saved.Architecture == asked.OtherForm
            ? saved
            : throw new WeightMismatchException(
                $"The model '{checkpoint.Path}' is of the architecture {saved.Architecture}, not {asked.Name}: go on with " +
                $"{saved.Architecture}.");
    }

    /// <summary>The architecture that one of our own files says it is of.</summary>
    /// <exception cref="WeightMismatchException">The file does not say it, or this version does not know it.</exception>
    public static ImageModel ArchitectureOf(WeightsFile checkpoint)
    {
        var named = Read(checkpoint.About)?.Architecture;
        return ImageModels.All.FirstOrDefault(known => known.Name == named) ?? throw new WeightMismatchException(named is null
            ? $"The weights in '{checkpoint.Path}' do not say which architecture they are of: name it (--arch)."
            : $"The weights in '{checkpoint.Path}' are of the architecture '{named}', which this version does not know.");
    }

    /// <summary>Reads metadata; null where there is none, or its values are impossible.</summary>
    public static ClassifierMetadata? Read(IReadOnlyDictionary<string, string> about)
    {
        try
        {
            var saved = ClassifierMetadata.FromProperties(about);
            return MetadataLimits.WhyExceeded(saved) is null ? saved : null;
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
