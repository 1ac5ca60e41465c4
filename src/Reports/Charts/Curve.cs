using MLVision.Reports.Figures;

namespace MLVision.Reports.Charts;

/// <summary>Lines of a drawing, as SVG writes them.</summary>
internal static class Curve
{
    /// <summary>The corners of a line through points; where one is missing, the line goes on to the next.</summary>
    public static string Through(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => $"{NumberText.Coordinate(point.X)},{NumberText.Coordinate(point.Y)}"));
}
