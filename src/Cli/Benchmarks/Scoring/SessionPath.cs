using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Images;
using MLVision.MLNetExtensions.Scoring.Sessions;

namespace MLVision.Cli.Benchmarks.Scoring;

/// <summary>Runs the model on pixels prepared when it was opened, with as many concurrent calls as threads.</summary>
internal sealed class SessionPath : ScoringPath
{
    private readonly ClassifierSession _session;
    private readonly int _threads;
    private readonly int _batchSize;
    private readonly ConcurrentBag<Lane> _lanes = [];

    /// <param name="session">The model; this object disposes of it.</param>
    /// <param name="threads">Calls at a time.</param>
    /// <param name="batchSize">Images a call.</param>
    /// <param name="reader">Reads as the model expects it.</param>
    /// <param name="image">An image to make pixels of; every call's batch holds it as often as it fits.</param>
    public SessionPath(ClassifierSession session, int threads, int batchSize, ImageReader reader, string image)
    {
        (_session, _threads, _batchSize) = (session, threads, batchSize);
        for (var lane = 0; lane < threads; lane++)
        {
            var pixels = GC.AllocateUninitializedArray<byte>(batchSize * reader.PixelBytes, pinned: true);
            for (var place = 0; place < batchSize; place++)
            {
                reader.TryRead(image, pixels.AsSpan(place * reader.PixelBytes, reader.PixelBytes), out _);
            }

            _lanes.Add(new Lane(session, pixels, batchSize));
        }
    }

    public override void Score(IReadOnlyList<string> images, CancellationToken cancellationToken) =>
        ForEach((images.Count + _batchSize - 1) / _batchSize, _threads, batch =>
        {
            _lanes.TryTake(out var lane);
            try
            {
                lane!.Run(Math.Min(_batchSize, images.Count - (batch * _batchSize)));
            }
            finally
            {
                _lanes.Add(lane!);
            }
        }, cancellationToken);

    public override void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }

        _session.Dispose();
    }

    /// <summary>Pixels in and scores out, bound to the session once for every length of batch that occurs.</summary>
    private sealed class Lane(ClassifierSession session, byte[] pixels, int capacity) : IDisposable
    {
        private readonly float[] _scores =
            GC.AllocateUninitializedArray<float>(capacity * session.Metadata.Labels.Count, pinned: true);
        private readonly Dictionary<int, OrtIoBinding> _bindings = [];
        private readonly List<OrtValue> _values = [];
        private readonly RunOptions _runOptions = new();

        public void Run(int count) => session.Session.RunWithBinding(
            _runOptions, _bindings.TryGetValue(count, out var bound) ? bound : _bindings[count] = Bind(count));

        public void Dispose()
        {
            foreach (IDisposable part in (IEnumerable<IDisposable>)[.. _bindings.Values, .. _values, _runOptions])
            {
                part.Dispose();
            }
        }

        private OrtIoBinding Bind(int count)
        {
            var (size, classes) = (session.Metadata.ImageSize, session.Metadata.Labels.Count);
            var binding = session.Session.CreateIoBinding();
            binding.BindInput(session.PixelsPort, Value(pixels.AsMemory(0, count * session.PixelBytes), [count, size, size, 3]));
            binding.BindOutput("Score", Value(_scores.AsMemory(0, count * classes), [count, classes]));
            return binding;
        }

        private OrtValue Value<T>(Memory<T> memory, long[] shape)
            where T : unmanaged
        {
            var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
            _values.Add(value);
            return value;
        }
    }
}
