using System.Collections.Immutable;
using MLVision.Reports.Contents;
using MLVision.Trainers.Options;

namespace Web.Training;

/// <summary>What is known of the last training.</summary>
public sealed record TrainingState
{
    /// <summary>Before the first training.</summary>
    public static TrainingState Empty { get; } = new();

    /// <summary>How far it is.</summary>
    public TrainingStatus Status { get; init; }

    /// <summary>What it learns from.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Its recipe.</summary>
    public TrainingPreset Preset { get; init; }

    /// <summary>Name of the model that it writes.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is doing, or what became of it.</summary>
    public string Message { get; init; } = "";

    /// <summary>The part of <see cref="Message"/>'s work that is done, 0..1; null where it is unknown.</summary>
    public double? Done { get; init; }

    /// <summary>The epochs so far.</summary>
    public ImmutableList<LearningCurvePoint> Epochs { get; init; } = [];

    /// <summary>Share of the held-out images that the finished model labels rightly; null where none were held out.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Number of images that <see cref="Accuracy"/> was measured on.</summary>
    public int HeldOut { get; init; }
}
