using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using MLVision.Trainers.Models.Layers;
using MLVision.Trainers.Native;
using MLVision.Trainers.Options;
using TorchSharp;
using static TorchSharp.torch;

namespace MLVision.Trainers.Training.Compute;

/// <summary>How a training computes on its device; the process-wide settings that it changes are restored on disposal.</summary>
internal sealed class ComputeSettings : IDisposable
{
    private readonly List<Action> _restore = [];

    private ComputeSettings(EagerGraph graph) => Graph = graph;

    /// <summary>Runs the network's flow in the chosen precision.</summary>
    public EagerGraph Graph { get; }

    /// <summary>Chooses by options and device, changes process-wide settings, and logs the choice.</summary>
    public static ComputeSettings Begin(ImageTrainingOptions options, Device device, ILogger logger)
    {
        ComputeLog.Libtorch(logger, TorchRuntime.Other);
        var (isMixed, why) = ChoosePrecision(options.Precision, device);
        var settings = new ComputeSettings(isMixed ? EagerGraph.Mixed : EagerGraph.Plain);
        var layout = options.ChannelsLast ? "channels last" : "channels first";
        var precision = $"{(isMixed ? "bfloat16 convolutions over float32 weights" : "float32")} ({why})";
        if (device.type == DeviceType.CUDA)
        {
            var use = ChooseTensorFloat(options.Precision);
            settings.UseTensorFloat(use);
            ComputeLog.OnGpu(logger, device.ToString(), precision, layout, InWords(use));
            return settings;
        }

        settings.UseThreads(options.Threads);
        var isKept = options.KeepFreedMemory && FreedMemory.CanBeKept;
        if (isKept)
        {
            settings._restore.Add(FreedMemory.Keep().Dispose);
        }

        var threads = get_num_threads();
        ComputeLog.OnCpu(
            logger, precision, layout, Counted.Of(threads, "thread"),
            isKept ? "kept for the next step" : "given back at once");
        if (options.Precision == TrainingPrecision.Mixed && !CpuFeatures.HasBFloat16)
        {
            ComputeLog.SlowPrecision(logger);
        }

        return settings;
    }

    public void Dispose()
    {
        _restore.ForEach(restore => restore());
        _restore.Clear();
    }

    /// <summary>Whether convolutions are computed in bfloat16, and why.</summary>
    internal static (bool IsMixed, string Why) ChoosePrecision(TrainingPrecision asked, Device device)
    {
        var (graph, why) = EagerGraph.For(asked, device);
        return (graph == EagerGraph.Mixed, why);
    }

    /// <summary>Whether a GPU rounds the factors of 32-bit convolutions, and of other products, to TF32.</summary>
    internal static (bool Convolutions, bool Products) ChooseTensorFloat(TrainingPrecision asked) => asked switch
    {
        TrainingPrecision.Strict => (false, false),
        TrainingPrecision.Full => (true, false),
        _ => (true, true),
    };

    private static string InWords((bool Convolutions, bool Products) use) => use switch
    {
        (true, true) => "on",
        (true, false) => "in convolutions",
        _ => "off",
    };

    private void UseThreads(int? threads)
    {
        if (threads is { } wanted)
        {
            var before = get_num_threads();
            set_num_threads(wanted);
            _restore.Add(() => set_num_threads(before));
        }
    }

    private void UseTensorFloat((bool Convolutions, bool Products) use)
    {
        var before = (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);
        (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = use;
        _restore.Add(() => (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = before);
    }
}
