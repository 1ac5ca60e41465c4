using System.Buffers.Binary;
using MLVision.Trainers.Models;
using MLVision.Trainers.Weights;
using MLVision.Trainers.Weights.Files;
using MLVision.Trainers.Weights.Files.Tensors;

namespace Trainers.Tests.Weights.Files;

/// <summary>Damages weights files at random, the same for the same seed.</summary>
internal sealed class CheckpointMutants(int seed)
{
    private static readonly long[] Extremes =
        [0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40, 0x7f, 0xff, 0xffff];

    private readonly Random _random = new(seed);
    private readonly NetworkShapes _network = NetworkShapes.Of(ImageModels.Get("resnet20"));
    private readonly byte[][] _files = [.. CheckpointFiles.All.Select(File.ReadAllBytes)];

    /// <summary>
    /// Writes one mutant to this path and opens it; what can be read is read to the last element, and fitted to a network.
    /// </summary>
    /// <returns>Whether it could be read.</returns>
    /// <exception cref="WeightsFileException">Caught; any other exception is a finding.</exception>
    public bool TryNext(string path)
    {
        CheckpointFiles.Rewrite(path, Next());
        try
        {
            using var checkpoint = WeightsFile.Open(path);
            foreach (var tensor in checkpoint.Tensors.Values.Where(tensor => tensor.Count < 100_000))
            {
                CopyIfFloat(tensor);
            }

            FittedWeights.Choose(checkpoint, _network).LeftOut();
            return true;
        }
        catch (WeightsFileException)
        {
            return false;
        }
    }

    private static void CopyIfFloat(StoredTensor tensor)
    {
        if (tensor.ElementType <= ElementType.BFloat16)
        {
            tensor.Values();
        }
    }

    private byte[] Next()
    {
        var file = (byte[])_random.GetItems(_files, 1)[0].Clone();
        for (var damages = _random.Next(1, 5); damages > 0 && file.Length > 0; damages--)
        {
            file = Damage(file);
        }

        return file;
    }

    private byte[] Damage(byte[] file)
    {
        var at = _random.Next(file.Length);
        switch (_random.Next(8))
        {
            case 0 or 1:
                file[at] ^= (byte)(1 << _random.Next(8));
                return file;
            case 2:
                file[at] = (byte)_random.Next(256);
                return file;
            case 3:
                return file[..at];
            case 4:
                var other = _random.GetItems(_files, 1)[0];
                return [.. file[..at], .. other[_random.Next(other.Length)..]];
            case 5:
                var end = Math.Min(file.Length, at + _random.Next(1, 64));
                return [.. file[..at], .. file[end..]];
            case 6:
                var from = _random.Next(file.Length);
                return [.. file[..at], .. file.AsSpan(from, Math.Min(file.Length - from, _random.Next(1, 64))), .. file[at..]];
            default:
                Span<byte> number = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, _random.GetItems(Extremes, 1)[0]);
                number[..Math.Min(1 << _random.Next(4), file.Length - at)].CopyTo(file.AsSpan(at));
                return file;
        }
    }
}
