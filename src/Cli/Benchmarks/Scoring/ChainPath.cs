using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Scoring;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Scores a data view of image files through a chain of transformers, and reads scores and labels.</summary>
internal sealed class ChainPath : ScoringPath
{
    private readonly MLContext _ml;
    private readonly ITransformer _stock;
    private readonly DataViewSchema _schema;
    private readonly ITransformer _chain;
    private readonly int _cursors;

    private ChainPath(MLContext ml, string zip, int cursors, Func<ITransformer, ITransformer> use)
    {
        (_ml, _cursors) = (ml, cursors);
        _stock = ml.Model.Load(zip, out _schema);
        _chain = use(_stock);
    }

    /// <summary>The stock chain, as <c>Model.Load</c> gives it.</summary>
    /// <param name="zip">A <c>model.zip</c> of this product.</param>
    /// <param name="device">CUDA is requested through <see cref="MLContext.GpuDeviceId"/>; every other device means the CPU, because ML.NET
    /// has no others.</param>
    /// <param name="threads">
    /// Number of threads. If it is at least the number of cores, ML.NET itself distributes one cursor over them; otherwise there is one
    /// cursor per thread.
    /// </param>
    /// <param name="sessionThreads">Threads of each ONNX session; null leaves ML.NET's default, all cores.</param>
    public static ChainPath Stock(string zip, ComputeDevice device, int threads, int? sessionThreads)
    {
        var ml = new MLContext { GpuDeviceId = device.Kind == ComputeDeviceKind.Cuda ? device.Index : null };
        if (sessionThreads is { } count)
        {
            ml.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = count });
        }

        return new ChainPath(ml, zip, threads < Environment.ProcessorCount ? threads : 0, chain => chain);
    }

    /// <summary>The chain that scores in batches.</summary>
    public static ChainPath Batched(string zip, ImageScoringOptions options)
    {
        var ml = new MLContext();
        return new ChainPath(ml, zip, cursors: 0, chain =>
        {
            using var replaced = chain as IDisposable;
            return ml.Model.ToBatched(chain, options);
        });
    }

    public override int Score(IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        var view = _chain.Transform(_ml.Data.LoadImageFiles(images, _stock, _schema));
        DataViewSchema.Column[] columns = [view.Schema["Score"], view.Schema["PredictedLabel"]];
        var cursors = _cursors == 0 ? [view.GetRowCursor(columns)] : view.GetRowCursorSet(columns, _cursors);
        ForEach(cursors.Length, cursors.Length, cursor => Read(cursors[cursor], cancellationToken), cancellationToken);
        return images.Count;
    }

    public override void Dispose() => (_chain as IDisposable)?.Dispose();

    private static void Read(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        using var rows = cursor;
        var (score, label) = (rows.Schema["Score"], rows.Schema["PredictedLabel"]);
        var scores = rows.GetGetter<VBuffer<float>>(score);
        // Text in the chain of an .onnx file; a key if the pipeline does not map it back.
        var texts = label.Type is TextDataViewType ? rows.GetGetter<ReadOnlyMemory<char>>(label) : null;
        var keys = label.Type is KeyDataViewType ? rows.GetGetter<uint>(label) : null;
        VBuffer<float> values = default;
        ReadOnlyMemory<char> text = default;
        uint key = 0;
        while (rows.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores(ref values);
            texts?.Invoke(ref text);
            keys?.Invoke(ref key);
        }
    }
}
