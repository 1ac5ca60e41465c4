using MLVision.Trainers.Native;

[assembly: AssemblyFixture(typeof(Trainers.Tests.LoadedTorch))]

namespace Trainers.Tests;

/// <summary>Loads libtorch before the first test: some tests make tensors before they touch anything of Trainers.</summary>
public sealed class LoadedTorch
{
    public LoadedTorch() => TorchRuntime.EnsureLoaded();
}
