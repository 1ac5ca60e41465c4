using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLNetExtensions.Tests.Quantization;

/// <summary>Models in ONNX Runtime: their tensors, and what its optimiser makes of their graphs.</summary>
internal static class OnnxRun
{
    /// <summary>Random images [count, 8, 8, 3].</summary>
    public static byte[] Pixels(int count, int seed = 1)
    {
        var pixels = new byte[count * TinyNetwork.ImageSize * TinyNetwork.ImageSize * 3];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    /// <summary>Values of a float tensor, be it an output of the graph or not.</summary>
    public static float[] Values(ModelProto model, byte[] pixels, string tensor)
    {
        var exposed = model.Clone();
        if (exposed.Graph.Output.All(port => port.Name != tensor))
        {
            var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } };
            exposed.Graph.Output.Add(new ValueInfoProto { Name = tensor, Type = type });
        }

        using var session = Open(exposed);
        using var options = new RunOptions();
        const int Size = TinyNetwork.ImageSize;
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [pixels.Length / (Size * Size * 3), Size, Size, 3]);
        using var outputs = session.Run(options, [ClassifierModel.Pixels], [input], [tensor]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>A session as the product opens one: on x86 without VNNI, ONNX Runtime's own defaults let int8 sums overflow.</summary>
    public static InferenceSession Open(ModelProto model)
    {
        using var options = new SessionOptions();
        options.AddSessionConfigEntry(SessionOpener.ExactInt8, "1");
        return new InferenceSession(model.ToByteArray(), options);
    }

    /// <summary>Smallest and largest value of each of the model's activations on some images.</summary>
    public static Dictionary<string, ActivationRange> Ranges(QuantizableModel model, byte[] pixels) =>
        model.Activations.ToDictionary(name => name, name =>
        {
            var values = Values(model.Folded, pixels, name);
            return new ActivationRange(values.Min(), values.Max());
        });

    /// <summary>The model quantised with its own ranges on random images.</summary>
    public static ModelProto Quantize(ModelProto float32, params string[] floatLayers)
    {
        var model = QuantizableModel.Prepare(float32);
        return model.Quantize(Ranges(model, Pixels(16)), floatLayers.ToHashSet());
    }

    /// <summary>Kinds of nodes that ONNX Runtime runs after optimising the graph, and how many of each.</summary>
    public static Dictionary<string, int> OptimizedNodes(ModelProto model)
    {
        var path = Path.GetTempFileName();
        try
        {
            using var options = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                OptimizedModelFilePath = path,
            };
            using var session = new InferenceSession(model.ToByteArray(), options);
            return ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Node.CountBy(node => node.OpType).ToDictionary();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
