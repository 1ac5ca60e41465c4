using System.Buffers.Binary;
using Cli.Tests.Output.Live;
using MLVision.Cli.Output.Curves;
using MLVision.MLNetExtensions;
using MLVision.Trainers.Training.Results;
using Tensorboard;

namespace Cli.Tests.Output.Curves;

public sealed class LearningCurvesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string Runs => Path.Combine(_folder.FullName, "runs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Report_TwoPhases_WritesAStepForEachEpoch()
    {
        var before = DateTime.UtcNow;
        using (var curves = LearningCurves.Open(Runs, mayReplace: false))
        {
            curves.Report(Reports.Epoch(TrainingPhase.Head, 1, validationSeconds: 1));
            curves.Report(Reports.Epoch(TrainingPhase.FineTuning, 1, validationSeconds: 1));
        }

        var events = Read(Assert.Single(Directory.GetFiles(Runs)));

        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal((SessionLog.Types.SessionStatus.Start, 1), (events[1].SessionLog.Status, events[1].Step));
        Assert.Equal([1, 2], events.Skip(2).Select(one => one.Step));
        Assert.All(events, one => Assert.InRange(DateTime.UnixEpoch.AddSeconds(one.WallTime), before.AddSeconds(-1), DateTime.UtcNow));
        Assert.Equal(
            [
                ("loss/training", 1.25f), ("loss/validation", 1.5f), ("accuracy/training", 0.5f), ("accuracy/validation", 0.75f),
                ("learning rate", 0.01f), ("images per second", 1234f),
            ],
            events[2].Summary.Value.Select(value => (value.Tag, value.SimpleValue)));
    }

    [Fact]
    public void Report_WhileTheFileIsOpen_IsReadAtOnce()
    {
        using var curves = LearningCurves.Open(Runs, mayReplace: false);
        curves.Report(Reports.Epoch(TrainingPhase.Whole, 1));

        Assert.Equal(3, Read(Assert.Single(Directory.GetFiles(Runs))).Count);
    }

    [Fact]
    public void Open_CurvesOfAnotherTraining_AsksForOverwrite()
    {
        Write(epochs: 1, mayReplace: false);

        var error = Assert.Throws<ImageClassificationException>(() => LearningCurves.Open(Runs, mayReplace: false));

        Assert.StartsWith($"The folder '{Runs}' holds the curves of another training (events.out.tfevents.", error.Message,
            StringComparison.Ordinal);
        Assert.EndsWith(", or add --overwrite.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A resumed training reports the epochs before, so that its file has each once.</summary>
    [Fact]
    public void Report_MayReplace_LeavesOneFileWithEachStepOnce()
    {
        Write(epochs: 2, mayReplace: false);

        Write(epochs: 3, mayReplace: true);

        var events = Read(Assert.Single(Directory.GetFiles(Runs)));
        Assert.Equal([1, 2, 3], events.Skip(2).Select(one => one.Step));
    }

    [Fact]
    public void Dispose_NothingReported_LeavesWhatWasThere()
    {
        Write(epochs: 1, mayReplace: false);
        LearningCurves.Open(Runs, mayReplace: true).Dispose();

        Assert.Equal(3, Read(Assert.Single(Directory.GetFiles(Runs))).Count);
    }

    [Fact]
    public void Open_EventsOfAnotherProgram_AreNeverReplaced()
    {
        Directory.CreateDirectory(Runs);
        File.WriteAllText(Path.Combine(Runs, "events.out.tfevents.1.host.7"), "");

        var error = Assert.Throws<ImageClassificationException>(() => LearningCurves.Open(Runs, mayReplace: true));

        Assert.EndsWith("choose another folder.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The check value of CRC-32C, of Koopman's table: that of the digits from 1 to 9.</summary>
    [Fact]
    public void Crc_OfTheDigits_IsTheCheckValue() => Assert.Equal(0xE3069283, Crc("123456789"u8));

    private void Write(int epochs, bool mayReplace)
    {
        using var curves = LearningCurves.Open(Runs, mayReplace);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            curves.Report(Reports.Epoch(TrainingPhase.Whole, epoch));
        }
    }

    /// <summary>Reads records as TensorFlow's record_reader.cc does, and checks both checksums of each.</summary>
    private static List<Event> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var events = new List<Event>();
        for (var rest = bytes.AsSpan(); rest.Length > 0;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            var content = rest.Slice(12, length);
            Assert.Equal(Masked(rest[..8]), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            Assert.Equal(Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            events.Add(Event.Parser.ParseFrom(content.ToArray()));
            rest = rest[(16 + length)..];
        }

        return events;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc(bytes);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }

    /// <summary>Bit by bit, by Castagnoli's polynomial in reversed order.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFF;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0x82F63B78 : 0);
            }
        }

        return ~crc;
    }
}
