namespace Trainers.Tests;

/// <summary>Tests that look at what the whole process shares - torch's settings, live tensors, the temporary folder - run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessState
{
    public const string Name = "process state";
}
