using System.Runtime.InteropServices;
using MLVision.MLNetExtensions;

namespace MLVision.Trainers.Native;

/// <summary>Errors of libtorch, which TorchSharp hands on as they are: mostly a device that lacks memory or has a fault.</summary>
internal static class TorchFault
{
    /// <summary>Does work, and makes a sentence of what libtorch says where it gives up.</summary>
    /// <param name="device">What the work runs on, as a sentence names it.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="ImageClassificationException">libtorch gave up.</exception>
    public static T InWords<T>(string device, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExternalException e) when (e.GetType() == typeof(ExternalException))    // those derived from it are the system's
        {
            throw new ImageClassificationException(
                $"libtorch gave up on {device}{ForeignError.InBrackets(e)}. Where it lacks memory, smaller batches and smaller images " +
                "need less.",
                e);
        }
    }
}
