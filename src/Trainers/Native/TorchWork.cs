namespace MLVision.Trainers.Native;

/// <summary>What is known of work on libtorch, for the sentence in which it may end; more becomes known as it goes on.</summary>
internal sealed class TorchWork
{
    private const string Cpu = "cpu";

    /// <summary>What it runs on: cpu or cuda:0.</summary>
    public string Device { get; set; } = Cpu;

    /// <summary>Images of a step; null before there are steps.</summary>
    public int? BatchSize { get; set; }

    /// <summary>Returns the file that holds the last complete epoch, or null if there is none; null where none is kept.</summary>
    public Func<string?>? Checkpoint { get; set; }

    /// <summary>Whether it runs on the CPU.</summary>
    public bool IsOnCpu => Device == Cpu;
}
