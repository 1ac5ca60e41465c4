using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using MLVision.MLNetExtensions.Chain;
using MLVision.MLNetExtensions.Contexts;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Files;
using MLVision.MLNetExtensions.Threads;

namespace MLVision.MLNetExtensions.Scoring.Benchmark;

/// <summary>Scores a data view of image files through a chain of transformers, and reads scores and labels.</summary>
internal sealed class ChainPath : ScoringPath
{
    private readonly ITransformer _chain;
    private readonly ChainInput _input;
    private readonly TemporaryFolder _files;
    private readonly int _cursors;

    private ChainPath(ITransformer chain, ChainInput input, TemporaryFolder files, int cursors) =>
        (_chain, _input, _files, _cursors) = (chain, input, files, cursors);

    /// <summary>The stock chain, as <c>Model.Load</c> gives it; around an <c>.onnx</c> file it is made.</summary>
    /// <param name="model">A <c>model.zip</c> or <c>.onnx</c> file of this product.</param>
    /// <param name="device">CUDA is asked for by <see cref="MLContext.GpuDeviceId"/>; anything else is the CPU, because ML.NET knows no
    /// more.</param>
    /// <param name="threads">
    /// Threads to score on. As many as there are cores: ML.NET spreads a cursor over them by itself. Fewer: so many cursors, each on a
    /// thread of its own.
    /// </param>
    /// <param name="sessionThreads">Threads of each ONNX session; null leaves ML.NET's default, all cores.</param>
    public static ChainPath Stock(string model, ComputeDevice device, int threads, int? sessionThreads)
    {
        var ml = new MLContext { GpuDeviceId = device.Kind == ComputeDeviceKind.Cuda ? device.Index : null };
        if (sessionThreads is { } count)
        {
            ml.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = count });
        }

        return Open(ml, model, threads < Environment.ProcessorCount ? threads : 0, chain => chain);
    }

    /// <summary>The chain that scores in batches.</summary>
    public static ChainPath Batched(string model, ImageScoringOptions options)
    {
        var ml = new MLContext();
        return Open(ml, model, cursors: 0, chain =>
        {
            using var replaced = chain as IDisposable;
            return ml.Model.ToBatched(chain, options);
        });
    }

    public override void Score(IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        var view = _chain.Transform(_input.Rows(images));
        DataViewSchema.Column[] columns = [view.Schema[StockChain.Score], view.Schema[StockChain.PredictedLabel]];
        var cursors = _cursors == 0 ? [view.GetRowCursor(columns)] : view.GetRowCursorSet(columns, _cursors);
        ParallelItems.ForEach(cursors.Length, cursors.Length, cursor => Read(cursors[cursor], cancellationToken), cancellationToken);
    }

    public override void Dispose()
    {
        (_chain as IDisposable)?.Dispose();
        _files.Dispose();
    }

    private static ChainPath Open(MLContext ml, string model, int cursors, Func<ITransformer, ITransformer> use)
    {
        var files = new TemporaryFolder();
        try
        {
            DataViewSchema? schema = null;
            var chain = ModelContent.IsZip(model)
                ? ml.Model.Load(model, out schema)
                : StockChain.OfFile(MLEnvironment.Of(ml.Model), model, files.File("model.onnx"));
            var (steps, _) = StockSteps.Of(chain, $"'{model}'");
            return new ChainPath(use(chain), ChainInput.Of([.. steps.Before, .. steps.Pixels], schema), files, cursors);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private static void Read(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        using var rows = cursor;
        var (score, label) = (rows.Schema[StockChain.Score], rows.Schema[StockChain.PredictedLabel]);
        var scores = rows.GetGetter<VBuffer<float>>(score);
        // Text in the chain of an .onnx file; a key where a pipeline leaves it at that.
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
