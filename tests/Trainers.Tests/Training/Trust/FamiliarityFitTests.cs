using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Training.Trust;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Trainers.Tests.Training.Trust;

/// <summary>Features of two numbers: (9, 16) has the roots (3, 4) and the direction (0.6, 0.8).</summary>
public sealed class FamiliarityFitTests : IDisposable
{
    private const float Tolerance = 1e-6f;

    private readonly Linear _head = nn.Linear(2, 2);

    public FamiliarityFitTests()
    {
        using var untracked = no_grad();
        _head.weight!.copy_(eye(2));        // the larger feature is the class
        _head.bias!.zero_();
    }

    public void Dispose() => _head.Dispose();

    [Fact]
    public void Direction_SignedRoots_HaveALengthOfOne()
    {
        using var direction = FamiliarityFit.Direction(tensor(new float[,] { { -9, 16 }, { 0, 0 } }));

        Assert.Equal([-0.6f, 0.8f, 0, 0], direction.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < Tolerance);
    }

    // Class 1 has the prototypes (0, 1) and (0.6, 0.8), class 0 (1, 0) and (0.8, 0.6). The held-out (9, 16) is of class 1: cosines 0.8 and
    // 1, whose mean is 0.9. The held-out (1, 0) is of class 0: 1 and 0.8. The prototypes of class 1 would be nearer to neither.
    [Fact]
    public void Find_HeldOut_AreComparedWithTheirPredictedClass()
    {
        var found = FamiliarityFit.Find(Prototypes(), Rows((1, 9, 16), (0, 25, 0)), _head, isBackboneFrozen: false);

        Assert.Equal(2, found.Nearest);
        Assert.Equal([0.9f, 0.9f], found.Knots, (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.Equal([1, 1, 0, 0], found.Classes);
    }

    // Each prototype is compared with the other one of its class: cosine 0.8, four times; and the held-out one with its nearest: 1.
    [Fact]
    public void Find_FewHeldOutBehindAFrozenBackbone_PrototypesCountToo()
    {
        var found = FamiliarityFit.Find(Prototypes(), Rows((1, 9, 16)), _head, isBackboneFrozen: true);

        Assert.Equal(1, found.Nearest);
        Assert.Equal([0.8f, 0.8f, 0.8f, 0.8f, 1f], found.Knots, (a, b) => Math.Abs(a - b) < Tolerance);
    }

    [Fact]
    public void Find_OneImageOfEachClass_KnowsNothing()
    {
        var found = FamiliarityFit.Find(Rows((1, 0, 4), (0, 4, 0)), FeatureRows.None, _head, isBackboneFrozen: true);

        Assert.Equal([FamiliarityReference.Other], found.Knots);
    }

    [Theory]
    [InlineData(2, 32)]
    [InlineData(128, 32)]
    [InlineData(1000, 4)]
    [InlineData(21841, 1)]
    public void PrototypesPerClass_ManyClasses_AreFew(int classes, int expected) =>
        Assert.Equal(expected, FamiliarityFit.PrototypesPerClass(classes));

    private static FeatureRows Prototypes() => Rows((1, 0, 4), (1, 9, 16), (0, 4, 0), (0, 16, 9));

    private static FeatureRows Rows(params (int Class, float First, float Second)[] rows) =>
        new([.. rows.Select(row => row.Class)], [.. rows.SelectMany(row => (float[])[row.First, row.Second])]);
}
