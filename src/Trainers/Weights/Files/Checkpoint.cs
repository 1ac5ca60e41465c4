namespace Trainers.Weights;

/// <summary>The tensors of a weights file: safetensors, or a state dictionary of <c>torch.save</c> in its zip or older format.</summary>
/// <remarks>The file stays mapped until disposal; opening reads its directory only, whatever its size. Nothing in it is run.</remarks>
internal sealed class Checkpoint : IDisposable
{
    private const byte PickleProtocol = 0x80;

    private readonly MappedFile _file;

    private Checkpoint(MappedFile file)
    {
        _file = file;
        About = new Dictionary<string, string>();
        OrderedDictionary<string, StoredTensor> tensors;
        if (Begins("PK\x03\x04"u8))
        {
            tensors = PyTorchCheckpointReader.ReadZip(file);
        }
        else if (Begins([PickleProtocol]) && !SafetensorsReader.Recognizes(file))
        {
            // A safetensors file begins with 0x80 where its header's length does.
            tensors = PyTorchCheckpointReader.ReadLegacy(file);
        }
        else
        {
            (tensors, About) = SafetensorsReader.Read(file);
        }

        var numbers = tensors.Where(tensor => tensor.Value.ElementType != ElementType.Bool);
        Tensors = StateDictionary.WithoutPrefixes(new OrderedDictionary<string, StoredTensor>(numbers, StringComparer.Ordinal));

        bool Begins(ReadOnlySpan<byte> with) => file.Bytes(0, Math.Min(with.Length, file.Length)).SequenceEqual(with);
    }

    /// <summary>The tensors of numbers in the file's order, under the names the model knows: without <c>module.</c> and the like.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>What a safetensors file says about itself; otherwise empty.</summary>
    public IReadOnlyDictionary<string, string> About { get; }

    /// <summary>The path it was opened by.</summary>
    public string Path => _file.Path;

    /// <summary>Opens a weights file; what it is shows in its content, not in its name.</summary>
    /// <exception cref="WeightsFileException">The file is missing, damaged, or asks for more than tensors.</exception>
    public static Checkpoint Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new Checkpoint(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file; its tensors can then no longer be copied.</summary>
    public void Dispose() => _file.Dispose();
}
