using System.Runtime.InteropServices;
using MLVision.Cli.Output;

namespace MLVision.Cli;

/// <summary>
/// Turns the first Ctrl+C, or the first request to terminate, into a cancellation; the next one ends the process at once.
/// </summary>
/// <remarks>A process ended at once leaves no half-written result either: files are written under a temporary name and renamed.</remarks>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly string _stopping;

    /// <summary>Listens until disposal.</summary>
    /// <param name="trains">Whether what runs is a training, which goes on to the end of its step.</param>
    public Interruption(bool trains)
    {
        _stopping = trains ? "Stopping after this step" : "Stopping";
        _registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM)];
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _cancellation.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        if (_cancellation.IsCancellationRequested)
        {
            Terminal.ShowCursor();      // bars hide it
            return;
        }

        context.Cancel = true;
        Notes.Write($"{_stopping}; press Ctrl+C again to end at once.");
        _cancellation.Cancel();
    });
}
