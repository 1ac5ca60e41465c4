using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MLVision.MLNetExtensions.Devices;

/// <summary>What a model is scored on; <see cref="Auto"/> by default.</summary>
public readonly record struct ScoringDevice
{
    private static readonly (string Name, ScoringDeviceKind Kind)[] Names =
    [
        ("auto", ScoringDeviceKind.Auto),
        ("cpu", ScoringDeviceKind.Cpu),
        ("cuda", ScoringDeviceKind.Cuda),
        ("tensorrt", ScoringDeviceKind.TensorRt),
        ("openvino", ScoringDeviceKind.OpenVino),
        ("directml", ScoringDeviceKind.DirectMl),
        ("coreml", ScoringDeviceKind.CoreMl),
    ];

    /// <summary>Names a device.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="index">Which one of several, counted from 0; other than 0 only for CUDA, TensorRT and DirectML.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is none, or the index negative or given where there is no choice.</exception>
    public ScoringDevice(ScoringDeviceKind kind, int index = 0)
    {
        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is no kind of device.");
        }

        if (index < 0 || (index > 0 && !HasIndex(kind)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), index, "Expected 0, or for CUDA, TensorRT and DirectML the number of a device.");
        }

        (Kind, Index) = (kind, index);
    }

    /// <summary>The best device that is there.</summary>
    public static ScoringDevice Auto => default;

    /// <summary>The CPU.</summary>
    public static ScoringDevice Cpu => new(ScoringDeviceKind.Cpu);

    /// <summary>Kind of device.</summary>
    public ScoringDeviceKind Kind { get; }

    /// <summary>Which one of several, counted from 0.</summary>
    public int Index { get; }

    /// <summary>
    /// Reads <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:0</c>, <c>tensorrt:0</c>, <c>openvino</c>, <c>directml:0</c> or <c>coreml</c>.
    /// </summary>
    /// <exception cref="FormatException">The text names no device.</exception>
    public static ScoringDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var device)
            ? device
            : throw new FormatException(
                $"'{text}' is no device; expected {string.Join(", ", Names.Select(n => HasIndex(n.Kind) ? $"{n.Name}:0" : n.Name))}.");
    }

    /// <summary>Reads a device's name; see <see cref="Parse"/>. Case does not matter.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ScoringDevice device)
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

        device = new ScoringDevice(kind, index);
        return true;
    }

    /// <summary>The name that <see cref="Parse"/> reads, for example <c>cuda:0</c>.</summary>
    public override string ToString()
    {
        var kind = Kind;
        var name = Array.Find(Names, n => n.Kind == kind).Name;
        return HasIndex(kind) ? string.Create(CultureInfo.InvariantCulture, $"{name}:{Index}") : name;
    }

    private static bool HasIndex(ScoringDeviceKind kind) =>
        kind is ScoringDeviceKind.Cuda or ScoringDeviceKind.TensorRt or ScoringDeviceKind.DirectMl;
}
