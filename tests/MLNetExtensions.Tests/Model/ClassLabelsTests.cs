using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Model;

public sealed class ClassLabelsTests
{
    [Fact]
    public void After_OtherClasses_StandBeforeNewOnesOnly()
    {
        var labels = ClassLabels.FromNames(["rose", "daisy"]).After(["tulip", "rose"]);

        Assert.Equal(["tulip", "rose", "daisy"], labels.Names);
    }

    /// <summary>One name in two Unicode forms is one class.</summary>
    [Fact]
    public void After_SameNameInAnotherForm_IsKnown()
    {
        var labels = ClassLabels.FromNames(["Ga\u0308nse"]).After(["G\u00E4nse", "rose"]);

        Assert.Equal(["G\u00E4nse", "rose"], labels.Names);
    }
}
