using System.Collections.Frozen;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Files.Pickle;

/// <summary>The functions that a checkpoint may call. They are implemented here; no Python code is run.</summary>
internal enum PickledFunction
{
    OrderedDict,
    Set,
    Size,
    RebuildTensor,
    RebuildParameter,
    RebuildFromType,

    /// <summary>A tensor class that adds nothing to the numbers.</summary>
    TensorClass,
}

/// <summary>The names that a checkpoint may use: a few make tensors and plain containers, all others become inert values.</summary>
internal static class PickledGlobals
{
    private static readonly FrozenDictionary<string, object> Known = new Dictionary<string, object>
    {
        ["collections.OrderedDict"] = PickledFunction.OrderedDict,
        ["builtins.set"] = PickledFunction.Set,
        ["builtins.frozenset"] = PickledFunction.Set,
        ["__builtin__.set"] = PickledFunction.Set,
        ["__builtin__.frozenset"] = PickledFunction.Set,
        ["torch.Size"] = PickledFunction.Size,
        ["torch._utils._rebuild_tensor"] = PickledFunction.RebuildTensor,
        ["torch._utils._rebuild_tensor_v2"] = PickledFunction.RebuildTensor,
        ["torch._utils._rebuild_parameter"] = PickledFunction.RebuildParameter,
        ["torch._utils._rebuild_parameter_with_state"] = PickledFunction.RebuildParameter,
        ["torch._tensor._rebuild_from_type"] = PickledFunction.RebuildFromType,
        ["torch._tensor._rebuild_from_type_v2"] = PickledFunction.RebuildFromType,
        ["torch.Tensor"] = PickledFunction.TensorClass,
        ["torch._tensor.Tensor"] = PickledFunction.TensorClass,
        ["torch.nn.parameter.Parameter"] = PickledFunction.TensorClass,
        ["torch.nn.parameter.Buffer"] = PickledFunction.TensorClass,
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
        ["torch.ComplexFloatStorage"] = ElementType.Complex64,
        ["torch.ComplexDoubleStorage"] = ElementType.Complex128,

        // Quantized tensors are not read, but in the older format their storages lie between other storages.
        ["torch.QInt8Storage"] = ElementType.Int8,
        ["torch.QUInt8Storage"] = ElementType.UInt8,
        ["torch.QUInt4x2Storage"] = ElementType.UInt8,
        ["torch.QUInt2x4Storage"] = ElementType.UInt8,
        ["torch.QInt32Storage"] = ElementType.Int32,
        ["torch.storage.UntypedStorage"] = ElementType.UInt8,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Resolves a name; nothing is looked up outside this table.</summary>
    /// <param name="name">Module and name, joined by a dot.</param>
    public static object Resolve(string name) => Known.TryGetValue(name, out var found) ? found : new PickledInert(name);
}
