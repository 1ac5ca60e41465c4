using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Training.Compute;

namespace MLVision.Trainers.Training.Pixels;

/// <summary>The log lines about pixels.</summary>
internal static partial class PixelLog
{
    /// <summary>Logs the number of images and how much of their pixels is in memory and in a file.</summary>
    public static void Stored(ILogger logger, PixelStore store)
    {
        var images = Counted.Of(store.Count, "image");
        var (inMemory, inFile) = (ByteSize.Format(store.BytesInMemory), ByteSize.Format(store.BytesInFile));
        if (store.BytesInFile == 0)
        {
            InMemory(logger, images, inMemory);
        }
        else if (store.BytesInMemory == 0)
        {
            InFile(logger, images, inFile, store.Folder!);
        }
        else
        {
            InBoth(logger, images, inMemory, inFile, store.Folder!);
        }
    }

    /// <summary>Logs how many images are stored rotated, if any.</summary>
    public static void Turned(ILogger logger, int images)
    {
        if (images > 0)
        {
            StoredTurned(logger, $"{Counted.Of(images, "image")} {(images == 1 ? "is" : "are")}");
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Column '{column}' holds encoded bytes, which no stock transformer decodes: the model, and the zip that is saved, load the " +
        "images from the files in column '{paths}' by LoadImages. LoadImages(\"{column}\", imageFolder, \"{paths}\") in place of " +
        "LoadRawImageBytes reads each file once; ImageClassifier scores bytes.")]
    public static partial void Encoded(ILogger logger, string column, string paths);

    [LoggerMessage(
        LogLevel.Warning,
        "{images} stored rotated, as EXIF says: turned upright here and by ImageClassifier; ML.NET's own chain does not turn them.")]
    private static partial void StoredTurned(ILogger logger, string images);

    [LoggerMessage(LogLevel.Information, "{images}, {size} of pixels in memory.")]
    private static partial void InMemory(ILogger logger, string images, string size);

    [LoggerMessage(LogLevel.Information, "{images}, {size} of pixels in a file under {folder}.")]
    private static partial void InFile(ILogger logger, string images, string size, string folder);

    [LoggerMessage(LogLevel.Information, "{images}, {sizeInMemory} of pixels in memory and {sizeInFile} in a file under {folder}.")]
    private static partial void InBoth(ILogger logger, string images, string sizeInMemory, string sizeInFile, string folder);
}
