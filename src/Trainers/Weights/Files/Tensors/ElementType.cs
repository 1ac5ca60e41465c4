namespace MLVision.Trainers.Weights.Files.Tensors;

/// <summary>The type of a stored tensor's elements; all little-endian.</summary>
internal enum ElementType
{
    Float64,
    Float32,
    Float16,

    /// <summary>The upper half of a Float32.</summary>
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt64,
    UInt32,
    UInt16,
    UInt8,

    /// <summary>One byte each.</summary>
    Bool,

    /// <summary>Two Float32.</summary>
    Complex64,

    /// <summary>Two Float64.</summary>
    Complex128,
}

internal static class ElementTypes
{
    /// <summary>Bytes per element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Complex128 => 16,
        ElementType.Complex64 or ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        _ => 1,
    };
}
