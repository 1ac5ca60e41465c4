using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class BilinearResizeTests
{
    private static readonly AugmentationReference Reference = AugmentationReference.Load();

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Reference.Crops.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resize_Window_IsPillowsToTheBit(int index)
    {
        var crop = Reference.Crops[index];
        var target = new byte[crop.Pixels.Length + BilinearResize.Padding];

        BilinearResize.Resize(
            Reference.Image, Reference.Size, new PixelWindow(crop.Left, crop.Top, crop.Width, crop.Height), target, crop.Size);

        Assert.Equal(crop.Pixels, target[..^BilinearResize.Padding]);
    }
}
