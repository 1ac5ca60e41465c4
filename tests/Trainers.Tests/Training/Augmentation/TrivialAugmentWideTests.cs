using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class TrivialAugmentWideTests
{
    private const int Draws = 14 * 1000;

    private static readonly List<PixelChange?> Drawn = Draw();

    private static readonly AugmentationReference Reference = AugmentationReference.Load();

    public static TheoryData<string> Operations => [.. Reference.Strengths.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Draw_ManyTimes_DrawsEachOperationEvenly(string name)
    {
        var count = Drawn.Count(change => NameOf(change) == name);

        Assert.InRange(count, 850, 1150);    // 1000 ± 5 standard deviations of √(14000 · 1/14 · 13/14) = 30.5
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Draw_ManyTimes_DrawsTorchvisionsStrengths(string name)
    {
        var (values, isSigned) = (Reference.Strengths[name].Values, Reference.Strengths[name].IsSigned);
        var expected = values.Concat(isSigned ? values.Select(value => -value) : []).Select(value => InOurUnit(name, value)).Distinct()
            .Order();

        var actual = Drawn.Where(change => NameOf(change) == name).Select(change => Math.Round(change?.Strength ?? 0, 4)).Distinct()
            .Order();

        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 2e-4);    // torchvision's strengths are single precision
    }

    private static double InOurUnit(string name, double value) => name switch
    {
        "TranslateX" or "TranslateY" => Math.Truncate(value),
        "Brightness" or "Color" or "Contrast" or "Sharpness" => Math.Round(1 + value, 4),
        _ => Math.Round(value, 4) + 0.0,    // no negative zero
    };

    private static string NameOf(PixelChange? change) => change?.Operation switch
    {
        null => "Identity",
        PixelOperation.Saturation => "Color",
        { } operation => operation.ToString(),
    };

    private static List<PixelChange?> Draw()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Draws).Select(_ => TrivialAugmentWide.Draw(random))];
    }
}
