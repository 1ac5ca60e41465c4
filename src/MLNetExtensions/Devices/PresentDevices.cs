namespace MLVision.MLNetExtensions.Devices;

/// <summary>The devices that this machine has, for who asked for another.</summary>
internal static class PresentDevices
{
    // No machine has more cards; asking ends at the first that is not there.
    private const int MostOfAKind = 64;

    /// <summary>Asks for one device after the other; the CPU comes first.</summary>
    /// <param name="isInstalled">Whether the installed ONNX Runtime was built with a kind of device.</param>
    /// <param name="isThere">Whether a session can be had on a device: ONNX Runtime itself refuses a number that is too high.</param>
    public static IReadOnlyList<ComputeDevice> Of(Predicate<ComputeDeviceKind> isInstalled, Predicate<ComputeDevice> isThere) =>
    [
        ComputeDevice.Cpu,
        .. Enum.GetValues<ComputeDeviceKind>()
            .Where(kind => kind is not (ComputeDeviceKind.Auto or ComputeDeviceKind.Cpu) && isInstalled(kind))
            .SelectMany(kind => Enumerable.Range(0, ComputeDevice.HasIndex(kind) ? MostOfAKind : 1)
                .Select(index => new ComputeDevice(kind, index)).TakeWhile(device => isThere(device))),
    ];

    /// <summary><c>cpu</c>, or <c>one of cpu, cuda:0, cuda:1</c>.</summary>
    public static string InWords(IReadOnlyList<ComputeDevice> devices) =>
        devices.Count == 1 ? devices[0].ToString() : $"one of {string.Join(", ", devices)}";
}
