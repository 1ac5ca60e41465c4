using System.Globalization;
using MLVision.MLNetExtensions;
using MLVision.MLNetExtensions.Files;
using MLVision.Trainers.Training.Results;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace MLVision.Cli.Output;

/// <summary>Draws the loss over the learning rate to a file.</summary>
internal sealed class LearningRatePlot
{
    private const int Width = 900;
    private const int Height = 540;

    private static readonly OxyColor Pale = OxyColor.FromRgb(0xB0, 0xC4, 0xDE);
    private static readonly OxyColor Strong = OxyColor.FromRgb(0x1F, 0x4E, 0x8C);
    private static readonly OxyColor Marked = OxyColor.FromRgb(0xC0, 0x39, 0x2B);

    private readonly string _path;
    private readonly IExporter _exporter;

    private LearningRatePlot(string path, IExporter exporter) => (_path, _exporter) = (path, exporter);

    /// <summary>Chooses the format by the file's ending; nothing is written yet.</summary>
    /// <exception cref="ImageClassificationException">The ending is neither .png nor .svg.</exception>
    public static LearningRatePlot At(string path) => new(path, Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".svg" => new SvgExporter { Width = Width, Height = Height },
        // Shaping matters to scripts that join letters, and would need HarfBuzz's native library.
        ".png" => new OxyPlot.SkiaSharp.PngExporter { Width = Width, Height = Height, UseTextShaping = false },
        _ => throw new ImageClassificationException($"The plot '{path}' must end in .png or .svg."),
    });

    /// <summary>Writes the file; one of that name is replaced when the new one is whole.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Draw(LearningRateSweep sweep)
    {
        var model = new PlotModel { Title = "Loss by learning rate", Background = OxyColors.White };
        model.Legends.Add(
            new Legend { LegendPosition = LegendPosition.TopLeft, LegendBackground = OxyColor.FromAColor(200, OxyColors.White) });
        model.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Bottom,
            Title = "learning rate",
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
            LabelFormatter = rate => rate.ToString("0e-0", CultureInfo.InvariantCulture),
        });
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Title = "training loss",
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.WhiteSmoke,
            Minimum = sweep.Steps.Count == 0 ? double.NaN : sweep.Steps.Min(step => step.Loss) - Margin(sweep),
            Maximum = sweep.Steps.Count == 0 ? double.NaN : LossRange.Highest(sweep) + Margin(sweep),
        });
        model.Series.Add(Line("loss of a batch", Pale, sweep.Steps.Select(step => new DataPoint(step.Rate, step.Loss))));
        model.Series.Add(Line("smoothed", Strong, sweep.Steps.Select(step => new DataPoint(step.Rate, step.SmoothedLoss))));
        Mark(model, sweep.Suggestion, "steepest", LineStyle.Solid, HorizontalAlignment.Left);
        Mark(model, sweep.TenthOfMinimum, "minimum / 10", LineStyle.Dash, HorizontalAlignment.Right);
        AtomicFile.Write(_path, stream => _exporter.Export(model, stream));
    }

    private static double Margin(LearningRateSweep sweep) => 0.1 * (LossRange.Highest(sweep) - LossRange.Lowest(sweep));

    private static LineSeries Line(string title, OxyColor color, IEnumerable<DataPoint> points)
    {
        var line = new LineSeries { Title = title, Color = color, StrokeThickness = 2 };
        line.Points.AddRange(points);
        return line;
    }

    private static void Mark(PlotModel model, double? rate, string text, LineStyle style, HorizontalAlignment alignment)
    {
        if (rate is { } x)
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = x,
                Color = Marked,
                LineStyle = style,
                TextColor = Marked,
                TextOrientation = AnnotationTextOrientation.Horizontal,
                TextLinePosition = 0.05,
                TextHorizontalAlignment = alignment,
                TextMargin = 6,
                Text = string.Create(CultureInfo.InvariantCulture, $"{text}: {x:0.0e-0}"),
            });
        }
    }
}
