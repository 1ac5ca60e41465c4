using System.IO.Compression;
using System.Text;

namespace Trainers.Tests.Weights.Files.Tensors;

public sealed class ForeignFileTests
{
    // First bytes as each format's specification has them; the ONNX file begins as PyTorch's exporter writes it.
    [Theory]
    [InlineData("\u0089HDF\r\n\u001a\n\0\0\0\0\0\0\0\0", "an HDF5 file, as Keras saves")]
    [InlineData("\u0008\u0008\u0012\u0007pytorch\u001a\u00051.13.", "an ONNX model")]
    [InlineData("\u0008\u0008\u0012\u0008mlvision", "an ONNX model")]
    [InlineData("\u0008\u0001\u0012\u0094\u00b6\u0003\n", "a SavedModel of TensorFlow")]
    [InlineData("\u001c\0\0\0TFL3\u0014\0 \0", "a model of TensorFlow Lite")]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0", "a GGUF file")]
    [InlineData("\u0093NUMPY\u0001\0v\0", "an array of NumPy")]
    [InlineData("\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF", "a JPEG image")]
    [InlineData("\u001f\u008b\u0008\0\0\0\0\0", "a gzip archive")]
    [InlineData("<!DOCTYPE html>\n<html>", "a web page or XML")]
    [InlineData("\n <?xml version=", "a web page or XML")]
    [InlineData("{ \"weight_map\": {} }", "a JSON text")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS")]
    [InlineData("Not Found", "a text")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0", "of an unknown kind")]
    [InlineData("a", "a text")]
    public void Open_FileOfAnotherKind_SaysWhatItIs(string start, string what)
    {
        var message = CheckpointFiles.Refusal(Encoding.Latin1.GetBytes(start));

        Assert.Contains($"is refused: it is {what}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.weights.h5", "a model of Keras")]
    [InlineData("arr_0.npy", "a zip archive of NumPy's arrays")]
    [InlineData("word/document.xml", "a zip archive,")]
    public void Open_ArchiveOfAnotherKind_SaysWhatItIsAndWhatToGive(string entry, string what)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry(entry);
        }

        var message = CheckpointFiles.Refusal(stream.ToArray());

        Assert.Contains($"it is {what}", message, StringComparison.Ordinal);
        Assert.Contains("the weights.safetensors that lies beside model.zip", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TarArchive_SaysToUnpackIt()
    {
        var content = new byte[512];
        "ustar"u8.CopyTo(content.AsSpan(257));
        "weights.pth"u8.CopyTo(content);

        var message = CheckpointFiles.Refusal(content);

        Assert.Contains("a tar archive, neither safetensors nor a file of torch.save; unpack it first", message, StringComparison.Ordinal);
    }
}
