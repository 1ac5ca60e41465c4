using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Folders;

namespace MLVision.Cli.Options;

/// <summary>Makes sure that a command does not write into the folders of images that it reads.</summary>
internal static class OutputPlace
{
    /// <summary>Refuses to put a model in the place of a file, unless that is asked for or nothing is in it.</summary>
    /// <param name="output">The file to write.</param>
    /// <param name="overwrite">Whether a file may be replaced.</param>
    /// <exception cref="ImageClassificationException">There is such a file.</exception>
    public static void ThrowIfTaken(string output, bool overwrite)
    {
        if (!overwrite && new FileInfo(output) is { Exists: true, Length: > 0 } file)
        {
            throw new ImageClassificationException(
                $"'{output}' is there already, a file of {FileSize.Of(file.Length)}: choose another name, or add --overwrite.");
        }
    }

    /// <summary>
    /// How to name a file that is about to be written; of one that can be made again, such as a report, it says whether it is replaced.
    /// </summary>
    public static string NameOf(string output) => File.Exists(output) ? $"{output} (replaced)" : output;

    /// <summary>Looks where a path leads, through all links, before anything is written.</summary>
    /// <param name="output">The file or folder to write.</param>
    /// <param name="data">Folders of images; those that are null or missing are ignored.</param>
    /// <exception cref="ImageClassificationException">The output is, or would lie in, a folder of images.</exception>
    public static void ThrowIfAmongImages(string output, params ReadOnlySpan<string?> data)
    {
        foreach (var folder in data)
        {
            if (folder is not null && Directory.Exists(folder) && ImageFolder.WouldHold(folder, output))
            {
                throw new ImageClassificationException(
                    $"The output '{output}' would lie in the folder of images '{folder}', where the next run would use it as data: "
                    + "choose a place outside it.");
            }
        }
    }
}
