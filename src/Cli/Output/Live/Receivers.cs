namespace MLVision.Cli.Output.Live;

/// <summary>Passes what it receives on to several.</summary>
/// <param name="all">These, in their order.</param>
internal sealed class Receivers<T>(params IReadOnlyList<IProgress<T>> all) : IProgress<T>
{
    public void Report(T value)
    {
        foreach (var receiver in all)
        {
            receiver.Report(value);
        }
    }
}
