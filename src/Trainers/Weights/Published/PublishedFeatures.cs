using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using MLVision.MLNetExtensions.Devices;
using MLVision.MLNetExtensions.Doctor;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.Trainers.Weights.Files.Tensors;

namespace MLVision.Trainers.Weights.Published;

/// <summary>Features of photographs by the network whose weights, <c>imagenet_mlnet</c>, come in a NuGet package.</summary>
/// <remarks>
/// The package's file runs in ONNX Runtime as it is, so nothing of libtorch is loaded. Input: squares of 256 pixels, of which the middle
/// 224 count; output: the 512 numbers before the last layer of a ResNet-18 that was trained on ImageNet. One image at a time on as many
/// threads as call, which on a CPU is as fast as batches are.
/// </remarks>
public sealed class PublishedFeatures : IImageFeatures, IDisposable
{
    private const string Input = "Input247";
    private const string Output = "Pooling395_Output_0";
    private const int Channels = 3;

    private static readonly RunOptions Run = new();

    private readonly InferenceSession _session;
    private readonly int _crop;
    private readonly float[] _means;    // red, green, blue, of 255

    private PublishedFeatures(InferenceSession session, PublishedWeights weights)
    {
        (_session, ImageSize, _crop) = (session, weights.ResizeSize, weights.CropSize);
        _means = [.. weights.Mean.Select(mean => mean * byte.MaxValue)];
    }

    /// <inheritdoc/>
    public int ImageSize { get; }

    /// <inheritdoc/>
    public int Width => 512;

    /// <summary>Opens the file that the package puts beside the application, or the one in the user's cache folder.</summary>
    /// <exception cref="WeightsFileException">The file is missing or damaged.</exception>
    public static PublishedFeatures Open()
    {
        var weights = PublishedWeightsCatalog.Default;
        var path = PackagedWeights.OfThisApplication().Find(weights);
        var opener = new SessionOpener(ExecutionProviders.Installed(), NullLogger.Instance);
        try
        {
            return new PublishedFeatures(
                opener.Open(ComputeDevice.Cpu, threadsPerCall: 1, options => new InferenceSession(path, options)).Session, weights);
        }
        catch (OnnxRuntimeException e)
        {
            throw new WeightsFileException($"The weights file '{path}' cannot be run: {e.Message.Split('\n')[0].TrimEnd()}", e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The pixels or the room for the features have another length.</exception>
    public void Compute(ReadOnlySpan<byte> pixels, Span<float> features)
    {
        if (pixels.Length != ImageSize * ImageSize * Channels || features.Length != Width)
        {
            throw new ArgumentException(
                $"Expected {ImageSize * ImageSize * Channels} bytes of pixels and room for {Width} features, but there are " +
                $"{pixels.Length} and {features.Length}.", nameof(pixels));
        }

        var plane = _crop * _crop;
        var values = ArrayPool<float>.Shared.Rent(plane * Channels);
        try
        {
            Fill(pixels, values.AsSpan(0, plane * Channels));
            using var input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, values.AsMemory(0, plane * Channels), [1, Channels, _crop, _crop]);
            using var results = _session.Run(Run, [Input], [input], [Output]);
            results[0].GetTensorDataAsSpan<float>().CopyTo(features);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <summary>Ends the session.</summary>
    public void Dispose() => _session.Dispose();

    /// <summary>Cuts out the middle: planes of blue, green and red, of 0 to 255, less their means.</summary>
    private void Fill(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        var (margin, plane) = ((ImageSize - _crop) / 2, _crop * _crop);
        for (var y = 0; y < _crop; y++)
        {
            var row = pixels.Slice(((((y + margin) * ImageSize) + margin) * Channels), _crop * Channels);
            for (var x = 0; x < _crop; x++)
            {
                for (var channel = 0; channel < Channels; channel++)
                {
                    values[((Channels - 1 - channel) * plane) + (y * _crop) + x] = row[(x * Channels) + channel] - _means[channel];
                }
            }
        }
    }
}
