using MLVision.Trainers.Training.Augmentation;

namespace Trainers.Tests.Training.Augmentation;

public sealed class PixelChangesTests
{
    private static readonly AugmentationReference Reference = AugmentationReference.Load();

    public static TheoryData<string, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, double>();
            foreach (var change in Reference.Changes)
            {
                cases.Add(change.Operation.ToString(), change.Strength);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_Operation_MatchesTorchvision(string operation, double strength)
    {
        var expected = Reference.Changes.Single(change => change.Operation.ToString() == operation && change.Strength == strength);

        var actual = Apply(new PixelChange(expected.Operation, strength));

        // Pillow cuts interpolated values off where ours are rounded, and torchvision rounds hues in its own way.
        var tolerance = expected.Operation is PixelOperation.ShearX or PixelOperation.ShearY or PixelOperation.Rotate or PixelOperation.Hue
            ? 1 : 0;
        Assert.Equal(expected.Pixels, actual, (a, b) => Math.Abs(a - b) <= tolerance);
    }

    [Fact]
    public void Apply_TwoOperations_DoesOneAfterTheOther()
    {
        var first = Apply(new PixelChange(PixelOperation.TranslateX, 5));

        var both = Apply(new PixelChange(PixelOperation.TranslateX, 5), new PixelChange(PixelOperation.Solarize, 0));

        Assert.Equal(first.Select(value => (byte)(255 - value)), both);
    }

    [Theory]
    [InlineData(nameof(PixelOperation.AutoContrast))]
    [InlineData(nameof(PixelOperation.Equalize))]
    [InlineData(nameof(PixelOperation.Hue))]
    [InlineData(nameof(PixelOperation.Contrast))]
    public void Apply_ImageOfOneGray_StaysAsItIs(string operation)
    {
        byte[] gray = [.. Enumerable.Repeat((byte)77, 3 * 3 * 3)];

        var actual = Apply(gray, size: 3, new PixelChange(Enum.Parse<PixelOperation>(operation), 0.4));

        Assert.Equal(gray, actual);
    }

    private static byte[] Apply(params PixelChange[] changes) => Apply(Reference.Image, Reference.Size, changes);

    private static byte[] Apply(byte[] pixels, int size, params PixelChange[] changes)
    {
        Span<byte> image = new byte[pixels.Length + PixelChanges.Padding];
        Span<byte> spare = new byte[pixels.Length + PixelChanges.Padding];
        pixels.CopyTo(image);
        PixelChanges.Apply(changes, ref image, ref spare, size);
        return image[..pixels.Length].ToArray();
    }
}
