using MLVision.MLNetExtensions.Model;
using MLVision.Trainers.Training.Remembered;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Training.Remembered;

public sealed class ClassMemoryFileTests : IDisposable
{
    private static readonly ClassifierMetadata Model = new()
    {
        Architecture = "resnet20",
        Labels = ["tulip", "rose"],
        ImageSize = 8,
        Mean = [0.1f, 0.2f, 0.3f],
        StandardDeviation = [1, 1, 1],
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string FilePath => Path.Combine(_folder.FullName, "classes.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        Write([0, 1], [0.1f, -2, 3, 4], heldOut: new FeatureRows([1], [5, 6]));

        var memory = ClassMemoryFile.Read(FilePath);

        Assert.Equal([0, 1], memory.Rows.Learnt.Classes);
        Assert.Equal([0.1f, -2, 3, 4], memory.Rows.Learnt.Values);
        Assert.Equal([1], memory.Rows.HeldOut.Classes);
        Assert.Equal([5, 6], memory.Rows.HeldOut.Values);
        Assert.Equal(Model.Labels, memory.Model.Labels);
        Assert.Equal("abc", memory.Backbone);
    }

    [Fact]
    public void Read_ClassThatIsNoLabel_IsDamaged()
    {
        Write([0, 2], [1, 2, 3, 4], FeatureRows.None);

        var error = Assert.Throws<WeightsFileException>(() => ClassMemoryFile.Read(FilePath));

        Assert.Equal($"The weights file '{FilePath}' is damaged: its features do not match their classes.", error.Message);
    }

    [Fact]
    public void Read_FeatureThatIsNoNumber_IsDamaged()
    {
        Write([0, 1], [1, float.NaN, 3, 4], FeatureRows.None);

        var error = Assert.Throws<WeightsFileException>(() => ClassMemoryFile.Read(FilePath));

        Assert.EndsWith("tensor 'learnt' has 1 value that is NaN or infinite.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RowsOfTwoWidths_AreDamaged()
    {
        Write([0, 1], [1, 2, 3, 4], heldOut: new FeatureRows([1], [5]));

        var error = Assert.Throws<WeightsFileException>(() => ClassMemoryFile.Read(FilePath));

        Assert.EndsWith(" is damaged: its rows have 2 and 1 features.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileCutShort_IsDamaged()
    {
        Write([0, 1], [1, 2, 3, 4], FeatureRows.None);
        File.WriteAllBytes(FilePath, File.ReadAllBytes(FilePath)[..^4]);

        Assert.Throws<WeightsFileException>(() => ClassMemoryFile.Read(FilePath));
    }

    private void Write(int[] classes, float[] values, FeatureRows heldOut) => ClassMemoryFile.Write(
        FilePath, new ClassMemory(new RememberedRows(new FeatureRows(classes, values), heldOut), Model, "abc"));
}
