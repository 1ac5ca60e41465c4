using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Images.Folders;

namespace MLVision.Cli.Options;

/// <summary>Keeps what a command writes out of the images that it reads.</summary>
internal static class OutputPlace
{
    /// <summary>Looks where a path leads, through all links, before anything is written.</summary>
    /// <param name="output">The file or folder to write.</param>
    /// <param name="data">Folders of images; those that are null or missing are passed over.</param>
    /// <exception cref="ImageClassificationException">The output is, or would lie in, a folder of images.</exception>
    public static void ThrowIfAmongImages(string output, params ReadOnlySpan<string?> data)
    {
        foreach (var folder in data)
        {
            if (folder is not null && Directory.Exists(folder) && ImageFolder.WouldHold(folder, output))
            {
                throw new ImageClassificationException(
                    $"The output '{output}' would lie in the folder of images '{folder}', where the next run would take it for data: "
                    + "choose a place outside it.");
            }
        }
    }
}
