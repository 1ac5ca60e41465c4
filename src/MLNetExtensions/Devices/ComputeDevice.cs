using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MLVision.MLNetExtensions.Devices;

/// <summary>What a model is trained or scored on; <see cref="Auto"/> by default.</summary>
/// <remarks>
/// Training takes <see cref="Auto"/>, <see cref="Cpu"/> and <see cref="Cuda"/>; scoring takes them all. Configuration and everything else
/// that converts texts takes the names that <see cref="Parse"/> reads.
/// </remarks>
[TypeConverter(typeof(ComputeDeviceConverter))]
public readonly record struct ComputeDevice : IParsable<ComputeDevice>
{
    private static readonly (string Name, ComputeDeviceKind Kind)[] Names =
    [
        ("auto", ComputeDeviceKind.Auto),
        ("cpu", ComputeDeviceKind.Cpu),
        ("cuda", ComputeDeviceKind.Cuda),
        ("tensorrt", ComputeDeviceKind.TensorRt),
        ("openvino", ComputeDeviceKind.OpenVino),
        ("directml", ComputeDeviceKind.DirectMl),
        ("coreml", ComputeDeviceKind.CoreMl),
    ];

    /// <summary>Names a device.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="index">Which one of several, counted from 0; other than 0 only for CUDA, TensorRT and DirectML.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is invalid, or the index is negative or not possible for this
    /// kind.</exception>
    internal ComputeDevice(ComputeDeviceKind kind, int index = 0)
    {
        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is not a kind of device.");
        }

        if (index < 0 || (index > 0 && !HasIndex(kind)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), index, "Expected 0, or for CUDA, TensorRT and DirectML the number of a device.");
        }

        (Kind, Index) = (kind, index);
    }

    /// <summary>The best device available.</summary>
    public static ComputeDevice Auto => default;

    /// <summary>The CPU.</summary>
    public static ComputeDevice Cpu => new(ComputeDeviceKind.Cpu);

    /// <summary>Intel's processors, as the installed OpenVINO chooses.</summary>
    public static ComputeDevice OpenVino => new(ComputeDeviceKind.OpenVino);

    /// <summary>Apple's processors.</summary>
    public static ComputeDevice CoreMl => new(ComputeDeviceKind.CoreMl);

    /// <summary>An NVIDIA GPU.</summary>
    /// <param name="index">Which one of several, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static ComputeDevice Cuda(int index = 0) => new(ComputeDeviceKind.Cuda, index);

    /// <summary>An NVIDIA GPU, the model compiled for it at load.</summary>
    /// <inheritdoc cref="Cuda"/>
    public static ComputeDevice TensorRt(int index = 0) => new(ComputeDeviceKind.TensorRt, index);

    /// <summary>Any GPU, on Windows.</summary>
    /// <inheritdoc cref="Cuda"/>
    public static ComputeDevice DirectMl(int index = 0) => new(ComputeDeviceKind.DirectMl, index);

    /// <summary>Kind of device.</summary>
    public ComputeDeviceKind Kind { get; }

    /// <summary>Which one of several, counted from 0.</summary>
    public int Index { get; }

    /// <summary>
    /// Reads <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:0</c>, <c>tensorrt:0</c>, <c>openvino</c>, <c>directml:0</c> or <c>coreml</c>.
    /// </summary>
    /// <exception cref="FormatException">The text names no device.</exception>
    public static ComputeDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var device)
            ? device
            : throw new FormatException(
                $"'{text}' is not a device; expected {string.Join(", ", Names.Select(n => HasIndex(n.Kind) ? $"{n.Name}:0" : n.Name))}.");
    }

    /// <summary>Reads a device's name; see <see cref="Parse"/>. Case does not matter.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ComputeDevice device)
    {
        device = default;
        var parts = (text ?? "").Split(':');
        var found = Array.FindIndex(Names, n => n.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
        if (found < 0 || parts.Length > 2)
        {
            return false;
        }

        var (_, kind) = Names[found];
        var index = 0;
        if (parts.Length == 2 && !(HasIndex(kind) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            return false;
        }

        device = new ComputeDevice(kind, index);
        return true;
    }

    static ComputeDevice IParsable<ComputeDevice>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<ComputeDevice>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ComputeDevice result) =>
        TryParse(s, out result);

    /// <summary>The name that <see cref="Parse"/> reads, for example <c>cuda:0</c>.</summary>
    public override string ToString()
    {
        var kind = Kind;
        var name = Array.Find(Names, n => n.Kind == kind).Name;
        return HasIndex(kind) ? string.Create(CultureInfo.InvariantCulture, $"{name}:{Index}") : name;
    }

    /// <summary>Whether devices of a kind are told apart by a number.</summary>
    internal static bool HasIndex(ComputeDeviceKind kind) =>
        kind is ComputeDeviceKind.Cuda or ComputeDeviceKind.TensorRt or ComputeDeviceKind.DirectMl;
}
