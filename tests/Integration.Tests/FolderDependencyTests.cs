using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;

namespace Integration.Tests;

/// <summary>Folders are namespaces and depend downwards: no two of them need each other, directly or over others.</summary>
public sealed class FolderDependencyTests
{
    [Theory]
    [InlineData("MLVision.MLNetExtensions")]
    [InlineData("MLVision.Trainers")]
    [InlineData("MLVision.Reports")]
    public void Folders_OfALibrary_DependDownwards(string library)
    {
        var architecture = new ArchLoader().LoadAssembly(System.Reflection.Assembly.Load(library)).Build();

        SliceRuleDefinition.Slices().Matching($"{library}.(**)").Should().BeFreeOfCycles().Check(architecture);
    }
}
