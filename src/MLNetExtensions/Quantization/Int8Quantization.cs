using System.Diagnostics;
using MLVision.MLNetExtensions.Words;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MLVision.MLNetExtensions.Model;
using MLVision.MLNetExtensions.Quantization.Accuracy;
using MLVision.MLNetExtensions.Quantization.Calibration;
using MLVision.MLNetExtensions.Quantization.Graph;

namespace MLVision.MLNetExtensions.Quantization;

/// <summary>
/// Makes an int8 model from a float model: prepares, calibrates, quantises, measures, and puts layers back if too much is lost.
/// </summary>
internal sealed class Int8Quantization
{
    // Each measurement of the ranking scores these images once; more are not needed.
    private const int RankingImages = 32;

    private readonly LabeledPixels _images;
    private readonly QuantizationOptions _options;
    private readonly QuantizableModel _model;
    private readonly IReadOnlyDictionary<string, ActivationRange> _ranges;
    private readonly ModelScores? _before;
    private readonly ILogger _logger;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Calibrates.</summary>
    /// <param name="model">The float model.</param>
    /// <param name="images">Images to calibrate on and to measure accuracy with.</param>
    /// <param name="before">
    /// The float model's scores of the labelled images; null, allowed only without a gate, measures no accuracy.
    /// </param>
    /// <param name="options">The options, already validated.</param>
    /// <param name="cancellationToken">Checked between images.</param>
    public Int8Quantization(
        FloatModel model, LabeledPixels images, ModelScores? before, QuantizationOptions options, CancellationToken cancellationToken)
    {
        (_images, _before, _options, _logger) = (images, before, options, options.Logger ?? NullLogger.Instance);
        _cancellationToken = cancellationToken;
        _model = QuantizableModel.Prepare(model.Model);
        var watch = Stopwatch.StartNew();
        var calibrator = new Calibrator(images, images.Sample(options.CalibrationImages), options.Threads, cancellationToken)
        {
            Method = options.Calibration,
            Percentile = options.Percentile,
        };
        using var session = new ActivationSession(_model.Folded, model.Metadata.ImageSize, _model.Activations);
        _ranges = calibrator.Calibrate(session, _model.Activations);
        CalibrationImages = calibrator.Images;
        QuantizationLog.Calibrated(
            _logger, Counted.Of(_ranges.Count, "activation"), Counted.Of(CalibrationImages, "image"), options.Calibration,
            watch.Elapsed.TotalSeconds);
    }

    /// <summary>Number of images used to find the ranges.</summary>
    public int CalibrationImages { get; }

    /// <summary>Names of the layers with weights.</summary>
    public IReadOnlyList<string> Layers => _model.Layers;

    /// <summary>Makes the model, with as many float layers as the gate requires.</summary>
    /// <exception cref="AccuracyDropException">Too much is lost, whichever layers are float.</exception>
    public Int8Candidate Run()
    {
        var candidate = Make([]);
        var gate = new AccuracyGate(_options.MaxDropPoints, (int)(_options.MaxFloatShare * Layers.Count));
        if (!_options.Gate || gate.Allows(Drop(candidate)))
        {
            return candidate;
        }

        return gate.PutBack(gate.MostLayers > 0 ? Rank() : [], floatLayers => floatLayers.Count > 0 ? Make(floatLayers) : candidate, Drop);
    }

    private double Drop(Int8Candidate candidate) => _before!.DropPointsTo(candidate.Scores!);

    private Int8Candidate Make(IReadOnlyList<string> floatLayers)
    {
        var model = Quantize(floatLayers);
        if (_before is null)
        {
            return new Int8Candidate(model, floatLayers, Scores: null);
        }

        var scores = ModelScores.Of(model, _images, _options.Threads, _cancellationToken);
        var candidate = new Int8Candidate(model, floatLayers, scores);
        QuantizationLog.Scored(_logger, floatLayers.Count, Counted.Of(Layers.Count, "layer"), scores.MicroAccuracy, Drop(candidate));
        return candidate;
    }

    private IReadOnlyList<string> Rank()
    {
        var sample = _images.Sample(Math.Min(RankingImages, _options.CalibrationImages));
        QuantizationLog.Ranking(_logger, Counted.Of(sample.Count, "image"));
        var reference = Score(_model.Folded);
        return LayerSensitivity.Rank(Layers, Noise);

        double Noise(IReadOnlySet<string> quantised) =>
            reference.DivergenceOf(Score(Quantize(Layers.Where(layer => !quantised.Contains(layer)))));

        ModelScores Score(ModelProto model) => ModelScores.Of(model, _images, sample, _options.Threads, _cancellationToken);
    }

    private ModelProto Quantize(IEnumerable<string> floatLayers)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        return _model.Quantize(_ranges, floatLayers.ToHashSet(StringComparer.Ordinal));
    }
}
