using Google.Protobuf;

namespace MLVision.MLNetExtensions.Model;

/// <summary>An ONNX model in memory that is mere data and has all of itself in it. Whatever reads one, reads it by this.</summary>
/// <remarks>
/// <see cref="OnnxOutline"/> has looked at it before. Whether it is what was written (<see cref="OnnxDigest"/>) is found on another thread
/// while a session opens, and <see cref="ThrowIfDamaged"/> waits for that.
/// </remarks>
internal sealed class OnnxModel
{
    private readonly Task<bool> _isWhole;

    private OnnxModel(byte[] bytes, string name, Task<bool> isWhole) => (Bytes, Name, _isWhole) = (bytes, name, isWhole);

    /// <summary>The model as a protocol buffer.</summary>
    public byte[] Bytes { get; }

    /// <summary>Its name in error messages.</summary>
    public string Name { get; }

    /// <summary>Takes a model of a file of its own, which may keep weights in files beside it.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <exception cref="ModelFileException">It is damaged, not mere data, or lacks a file.</exception>
    public static OnnxModel OfFile(byte[] bytes, string path, string name) => Named(name, () =>
    {
        var outline = LookAt(bytes);
        return outline.External is null
            ? new OnnxModel(bytes, name, CheckAsync(bytes, outline))
            : WithFilesBeside(bytes, path, name, outline);
    });

    /// <summary>Takes a model that must have all in itself.</summary>
    /// <param name="bytes">The model.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="holder">What it came in: zip, stream.</param>
    /// <exception cref="ModelFileException">It is damaged, not mere data, or keeps weights elsewhere.</exception>
    public static OnnxModel OfBytes(byte[] bytes, string name, string holder) => Named(name, () =>
    {
        var outline = LookAt(bytes);
        return outline.External is { } tensor
            ? throw new OnnxRefusal($"keeps weights outside of itself ({tensor}); a {holder} must hold all of its model")
            : new OnnxModel(bytes, name, CheckAsync(bytes, outline));
    });

    /// <summary>Takes a model that was made in this process.</summary>
    public static OnnxModel Made(ModelProto model, string name) => new(model.ToByteArray(), name, Task.FromResult(true));

    /// <summary>Parses a model that lies in a larger file.</summary>
    /// <param name="bytes">The model.</param>
    /// <param name="folder">Where files of its weights may lie; null where it must have all in itself.</param>
    /// <param name="holder">What it came in.</param>
    /// <returns>The model without its digest.</returns>
    /// <exception cref="OnnxRefusal">It is damaged, not mere data, or keeps weights elsewhere.</exception>
    public static ModelProto Parse(ReadOnlySpan<byte> bytes, string? folder, string holder)
    {
        var outline = OnnxOutline.Of(bytes);
        if (outline.External is { } tensor && folder is null)
        {
            throw new OnnxRefusal($"keeps weights outside of itself ({tensor}); a {holder} must hold all of its model");
        }

        if (outline.External is null && outline.HasDigest && !OnnxDigest.Fits(bytes))
        {
            throw Changed();
        }

        var model = Parse(bytes);
        if (outline.External is not null)
        {
            ExternalData.Join(model, folder!);
            ThrowIfChanged(model, outline);
        }

        OnnxDigest.TakeOut(model);
        return model;
    }

    /// <summary>Parses the model, without its digest.</summary>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public ModelProto Parse() => Named(Name, () =>
    {
        ThrowIfDamaged();
        var model = Parse(Bytes);
        OnnxDigest.TakeOut(model);
        return model;
    });

    /// <summary>Throws unless the model is what was written; one without a digest counts as such.</summary>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public void ThrowIfDamaged()
    {
        if (!_isWhole.GetAwaiter().GetResult())
        {
            throw new ModelFileException($"{Name} {Changed().Message}.");
        }
    }

    private static OnnxOutline LookAt(ReadOnlySpan<byte> bytes) =>
        OnnxOutline.Of(bytes) is { HasGraph: true } outline ? outline : throw OnnxRefusal.OfNoModel(" (it has no graph)");

    private static OnnxModel WithFilesBeside(byte[] bytes, string path, string name, OnnxOutline outline)
    {
        var model = Parse(bytes);
        ExternalData.Join(model, Path.GetDirectoryName(Path.GetFullPath(path))!);
        ThrowIfChanged(model, outline);
        if (model.Graph?.Initializer.Sum(tensor => (long)tensor.RawData.Length) + bytes.Length > Array.MaxLength)
        {
            throw new OnnxRefusal("has more than 2 GB with the files beside it, which no protocol buffer can hold");
        }

        var joined = model.ToByteArray();
        return OnnxOutline.Of(joined).External is { } tensor
            ? throw new OnnxRefusal($"keeps values outside of itself where only numbers beside it are read ({tensor})")
            : new OnnxModel(joined, name, Task.FromResult(true));
    }

    private static void ThrowIfChanged(ModelProto joined, OnnxOutline outline)
    {
        if (outline.HasDigest && !OnnxDigest.Fits(joined))
        {
            throw Changed();
        }
    }

    private static OnnxRefusal Changed() => OnnxRefusal.OfDamage(
        "its content is not what was written, as its content_sha256 tells; take another copy of it, or train or export it "
        + "again, or, if a program changed it on purpose, take the entry content_sha256 out of its metadata");

    private static Task<bool> CheckAsync(byte[] bytes, OnnxOutline outline) =>
        outline.HasDigest ? Task.Run(() => OnnxDigest.Fits(bytes)) : Task.FromResult(true);

    private static ModelProto Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw OnnxRefusal.OfNoModel(ForeignError.InBrackets(e), e);
        }
    }

    private static T Named<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (OnnxRefusal e)
        {
            throw new ModelFileException($"{name} {e.Message}.", e);
        }
    }
}
