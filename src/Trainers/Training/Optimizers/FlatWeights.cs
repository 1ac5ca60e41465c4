using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLVision.Trainers.Training.Optimizers;

/// <summary>All 32-bit tensors of a module side by side in one, so that one operation changes them all.</summary>
/// <remarks>
/// A network has hundreds of weights, most of them small: an optimizer that goes from one to the next spends its time on calls, and on a
/// GPU on launches. Here the module's tensors are views of one. Where convolutions are computed in bfloat16, their weights are cast in
/// one operation after a step, and the convolutions' gradients are those of the copies. Once this is disposed, each tensor has memory of
/// its own again. On a CPU long ranges are cut, so that what an optimizer needs beside them stays small.
/// </remarks>
internal sealed class FlatWeights : IDisposable
{
    private const long JoinedBelow = 1 << 20;       // values; copying the gradient of a larger tensor costs more than a call
    private const long LongestOnCpu = 1 << 22;      // values of a range; with shorter ones the small objects of each split freed memory

    private readonly List<Piece> _pieces = [];
    private readonly List<(IReadOnlyList<Piece> Pieces, IReadOnlyList<WeightRange> Ranges)> _trained = [];
    private readonly bool _isOnCpu;
    private readonly Dictionary<nint, Tensor> _halves = [];
    private readonly bool _isChannelsLast;
    private readonly Tensor? _half;
    private long _length;

    /// <summary>Lays a module's tensors side by side; gradients must already be asked for or not.</summary>
    /// <param name="part">The module.</param>
    /// <param name="groups">Those of its weights that are trained.</param>
    /// <param name="halves">Handles of the weights that are used in bfloat16; none by default.</param>
    /// <param name="isChannelsLast">Whether the weights of convolutions have their input channels last in memory.</param>
    public FlatWeights(Module part, IEnumerable<WeightGroup> groups, IReadOnlySet<nint>? halves = null, bool isChannelsLast = false)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        _isChannelsLast = isChannelsLast;
        _isOnCpu = part.parameters().First().device_type == DeviceType.CPU;
        var rest = part.state_dict().Where(entry => entry.Value.dtype == ScalarType.Float32)
            .ToDictionary(entry => entry.Value.Handle, entry => (entry.Key, entry.Value));
        var trained = groups.ToList();
        Add(true);
        var halfLength = _length;
        Add(false);
        All = cat(_pieces.ConvertAll(piece => Flatten(piece.Tensor))).DetachFromDisposeScope();
        foreach (var piece in _pieces)
        {
            piece.Tensor.set_(View(All, piece));
        }

        if (halfLength > 0)
        {
            _half = All.narrow(0, 0, halfLength).to(ScalarType.BFloat16).DetachFromDisposeScope();
            foreach (var piece in _pieces.Where(piece => piece.Offset < halfLength))
            {
                var half = View(_half, piece).detach().requires_grad_(piece.Tensor.requires_grad);
                _halves.Add(piece.Tensor.Handle, piece.Half = half.DetachFromDisposeScope());
            }
        }

        // First those that are used in bfloat16, then the others; each time what is trained, then the rest.
        void Add(bool isHalf)
        {
            foreach (var group in trained)
            {
                AddRanges(group, [.. group.Weights.Where(weight => IsHalf(weight.Handle) == isHalf).Select(weight => Take(weight.Handle))]);
            }

            foreach (var handle in rest.Keys.Where(handle => IsHalf(handle) == isHalf).ToList())
            {
                Append(Take(handle));
            }
        }

        bool IsHalf(nint handle) => halves?.Contains(handle) == true;

        Piece Take(nint handle) => rest.Remove(handle, out var entry)
            ? new Piece(entry.Key, entry.Value)
            : throw new ArgumentException("A trained weight is not one of the module's.", nameof(groups));
    }

    /// <summary>The values of all tensors: [values].</summary>
    public Tensor All { get; }

    /// <summary>The ranges that are trained, in the order of <see cref="Gradients"/>.</summary>
    public IEnumerable<WeightRange> Trained => _trained.SelectMany(joined => joined.Ranges);

    /// <summary>The bfloat16 copies of weights, by the weights' handles; none any more once this is disposed.</summary>
    public IReadOnlyDictionary<nint, Tensor> Halves => _halves;

    /// <summary>Views of a tensor that is laid out as <see cref="All"/>, by the tensors' names in the module.</summary>
    public IReadOnlyDictionary<string, Tensor> Named(Tensor flat) => _pieces.ToDictionary(piece => piece.Name, piece => View(flat, piece));

    /// <summary>
    /// Drops the last step's gradients. The next ones take their place; zeros would have to be written and added to.
    /// </summary>
    public void DropGradients()
    {
        foreach (var piece in _trained.SelectMany(joined => joined.Pieces))
        {
            piece.Learning.grad = null;
        }
    }

    /// <summary>The gradients of the trained ranges, one tensor [values] for each, in the current dispose scope.</summary>
    public FlatGradients Gradients() => new([.. _trained.SelectMany(joined =>
    {
        var (gradient, start) = (Gradient(joined.Pieces).to(ScalarType.Float32), joined.Ranges[0].Offset);
        return joined.Ranges.Select(range => gradient.narrow(0, range.Offset - start, range.Length));
    })]);

    /// <summary>Renews the bfloat16 copies after the weights have changed.</summary>
    public void Refresh()
    {
        if (_half is not null)
        {
            using var untracked = no_grad();
            using var changed = All.narrow(0, 0, _half.shape[0]);
            _half.copy_(changed);
        }
    }

    public void Dispose()
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        foreach (var piece in _pieces)
        {
            piece.Tensor.set_(piece.Tensor.detach().contiguous().clone());
            piece.Half?.Dispose();
        }

        _halves.Clear();
        _half?.Dispose();
        All.Dispose();
    }

    private void AddRanges(WeightGroup group, IReadOnlyList<Piece> pieces)
    {
        var small = pieces.Where(piece => piece.Length < JoinedBelow).ToList();
        var large = pieces.Where(piece => piece.Length >= JoinedBelow).Select(piece => (IReadOnlyList<Piece>)[piece]);
        foreach (var joined in large.Prepend(small).Where(joined => joined.Count > 0))
        {
            var start = _length;
            joined.ToList().ForEach(Append);
            _trained.Add((joined, [.. Ranges(group, start, _length - start)]));
        }
    }

    private IEnumerable<WeightRange> Ranges(WeightGroup group, long start, long length)
    {
        var longest = _isOnCpu ? LongestOnCpu : length;
        for (var offset = 0L; offset < length; offset += longest)
        {
            yield return new WeightRange(start + offset, Math.Min(longest, length - offset), group.RateFactor, group.IsDecayed);
        }
    }

    private void Append(Piece piece)
    {
        piece.Offset = _length;
        _pieces.Add(piece);
        _length += piece.Length;
    }

    private Tensor Gradient(IReadOnlyList<Piece> pieces)
    {
        var gradients = pieces.Select(piece => Flatten(piece.Learning.grad ?? zeros_like(piece.Learning)));
        return pieces.Count == 1 ? gradients.Single() : cat([.. gradients]);
    }

    private Tensor Flatten(Tensor tensor) => IsPermuted(tensor) ? tensor.permute(0, 2, 3, 1).flatten() : tensor.flatten();

    private Tensor View(Tensor flat, Piece piece)
    {
        var values = flat.narrow(0, piece.Offset, piece.Length);
        return IsPermuted(piece.Tensor)
            ? values.view(piece.Shape[0], piece.Shape[2], piece.Shape[3], piece.Shape[1]).permute(0, 3, 1, 2) : values.view(piece.Shape);
    }

    private bool IsPermuted(Tensor tensor) => _isChannelsLast && tensor.dim() == 4;

    /// <summary>A tensor of the module and its place.</summary>
    private sealed class Piece(string name, Tensor tensor)
    {
        public string Name => name;

        public Tensor Tensor => tensor;

        public long[] Shape { get; } = tensor.shape;

        public long Length { get; } = tensor.numel();

        public long Offset { get; set; }

        /// <summary>The copy that is computed with, or null.</summary>
        public Tensor? Half { get; set; }

        /// <summary>What has the gradient.</summary>
        public Tensor Learning => Half ?? tensor;
    }
}
