using System.Security.Cryptography;
using Google.Protobuf;
using MLNetExtensions.Tests.Scoring;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Model;

namespace MLNetExtensions.Tests.Model;

public sealed class OnnxDigestTests
{
    [Fact]
    public void Write_Model_EndsWithTheDigestOfWhatIsBefore()
    {
        var written = Written();

        // An entry of 82 bytes: the key of 14 and the value of 64, each behind its tag and its length.
        var before = written[..^84];
        Assert.Equal(TinyClassifier.Model().ToByteArray(), before);
        Assert.Equal(84, OnnxDigest.Length);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(before)),
            ModelProto.Parser.ParseFrom(written).MetadataProps.Single(property => property.Key == "content_sha256").Value);
    }

    [Fact]
    public void Write_Twice_GivesTheSameBytes()
    {
        var first = Written();

        Assert.Equal(first, Written(ModelProto.Parser.ParseFrom(first)));
    }

    [Fact]
    public void Fits_EachBit_CountsButThoseOfItsOwnKey()
    {
        var sound = Written();
        Assert.True(OnnxDigest.Fits(sound));
        var missed = 0;
        for (var i = 0; i < sound.Length; i++)
        {
            sound[i] ^= 4;
            missed += OnnxDigest.Fits(sound) ? 1 : 0;
            sound[i] ^= 4;
        }

        Assert.Equal(0, missed);
    }

    /// <summary>
    /// Python's onnx.save writes the same content in other bytes: each length of a shape as a field of its own, for example.
    /// </summary>
    [Fact]
    public void Fits_SameContentInOtherBytes_IsWhole()
    {
        var model = TinyClassifier.Model();
        model.Graph.Initializer.Add(new TensorProto { Name = "W", Dims = { 2, 3 } });
        var sound = Written(model);
        byte[] packed = [0x0a, 0x02, 0x02, 0x03], unpacked = [0x08, 0x02, 0x08, 0x03];      // dims = 1: 2, 3
        var at = sound.AsSpan().IndexOf(packed);
        unpacked.CopyTo(sound, at);

        Assert.True(at > 0);
        Assert.True(OnnxDigest.Fits(sound));
    }

    [Fact]
    public void Fits_LabelChangedByAnEditor_IsNot()
    {
        var model = ModelProto.Parser.ParseFrom(Written());
        model.MetadataProps.Single(property => property.Key == "labels").Value = """["blue","green","red"]""";

        Assert.False(OnnxDigest.Fits(model.ToByteArray()));
    }

    [Fact]
    public void Parse_Changed_SaysWhatToDo()
    {
        var model = ModelProto.Parser.ParseFrom(Written());
        model.Graph.Name = "other";

        var error = Assert.Throws<ModelFileException>(() => OnnxModel.OfBytes(model.ToByteArray(), "'m'", "stream").Parse());

        Assert.Equal(
            "'m' is damaged: its content is not what was written, as its content_sha256 tells; take another copy of it, or train or "
            + "export it again, or, if a program changed it on purpose, take the entry content_sha256 out of its metadata.",
            error.Message);
    }

    [Fact]
    public void Parse_EntryTakenOut_Accepts()
    {
        var model = ModelProto.Parser.ParseFrom(Written());
        model.Graph.Name = "other";
        OnnxDigest.TakeOut(model);

        Assert.Equal("other", OnnxModel.OfBytes(model.ToByteArray(), "'m'", "stream").Parse().Graph.Name);
    }

    [Fact]
    public void Parse_Whole_GivesTheModelWithoutTheEntry() =>
        Assert.Equal(TinyClassifier.Model(), OnnxModel.OfBytes(Written(), "'m'", "stream").Parse());

    private static byte[] Written(ModelProto? model = null)
    {
        using var stream = new MemoryStream();
        OnnxDigest.Write(model ?? TinyClassifier.Model(), stream);
        return stream.ToArray();
    }
}
