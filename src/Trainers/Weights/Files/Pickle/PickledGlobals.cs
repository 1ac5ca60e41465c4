using System.Collections.Frozen;

namespace Trainers.Weights;

/// <summary>The functions that a checkpoint may ask for; each is carried out here, none of Python's code is run.</summary>
internal enum PickledFunction
{
    OrderedDict,
    Size,
    RebuildTensor,
    RebuildParameter,
}

/// <summary>The names a checkpoint may ask for. There are no others, and what they stand for makes nothing but tensors.</summary>
internal static class PickledGlobals
{
    private static readonly FrozenDictionary<string, object> Allowed = new Dictionary<string, object>
    {
        ["collections.OrderedDict"] = PickledFunction.OrderedDict,
        ["torch.Size"] = PickledFunction.Size,
        ["torch._utils._rebuild_tensor"] = PickledFunction.RebuildTensor,
        ["torch._utils._rebuild_tensor_v2"] = PickledFunction.RebuildTensor,
        ["torch._utils._rebuild_parameter"] = PickledFunction.RebuildParameter,
        ["torch.DoubleStorage"] = ElementType.Float64,
        ["torch.FloatStorage"] = ElementType.Float32,
        ["torch.HalfStorage"] = ElementType.Float16,
        ["torch.BFloat16Storage"] = ElementType.BFloat16,
        ["torch.LongStorage"] = ElementType.Int64,
        ["torch.IntStorage"] = ElementType.Int32,
        ["torch.ShortStorage"] = ElementType.Int16,
        ["torch.CharStorage"] = ElementType.Int8,
        ["torch.ByteStorage"] = ElementType.UInt8,
        ["torch.BoolStorage"] = ElementType.Bool,
        ["torch.storage.UntypedStorage"] = ElementType.UInt8,

        // Element types standing alone, as in a checkpoint's notes about itself.
        ["torch.float64"] = ElementType.Float64,
        ["torch.float32"] = ElementType.Float32,
        ["torch.float16"] = ElementType.Float16,
        ["torch.bfloat16"] = ElementType.BFloat16,
        ["torch.int64"] = ElementType.Int64,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] ModuleNamespaces = ["__torch__.", "torch.nn.", "torchvision.models.", "timm."];

    /// <summary>What a name stands for.</summary>
    /// <param name="file">The file, for the sentence.</param>
    /// <param name="name">Module and name, joined by a dot.</param>
    /// <param name="isRoot">Whether it is the class of the whole that was saved.</param>
    /// <exception cref="WeightsFileException">It is not allowed.</exception>
    public static object Resolve(MappedFile file, string name, bool isRoot)
    {
        if (Allowed.TryGetValue(name, out var found))
        {
            return found;
        }

        var quoted = MappedFile.Quote(name);
        throw file.Refused(isRoot || ModuleNamespaces.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            ? $"it holds a whole object of class {quoted}, which only Python can rebuild; save model.state_dict() instead"
            : $"the checkpoint asks for {quoted}, which is not allowed: only tensors are read, nothing is run; "
                + "save model.state_dict() alone");
    }
}
