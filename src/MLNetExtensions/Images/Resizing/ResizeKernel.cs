namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>How much a source pixel counts for a target pixel, by the distance between their centres.</summary>
internal sealed class ResizeKernel
{
    private readonly double _radius;
    private readonly bool _averages;
    private readonly Func<double, double> _weight;

    private ResizeKernel(double radius, bool averages, Func<double, double> weight)
    {
        _radius = radius;
        _averages = averages;
        _weight = weight;
    }

    /// <summary>
    /// For shrinking: bilinear interpolation with antialiasing, as Pillow's <c>resize(BILINEAR)</c> and torchvision's
    /// <c>Resize(antialias=True)</c> do. The triangle is as wide as two target pixels; at the edges the weights of what is missing go to
    /// the rest.
    /// </summary>
    public static ResizeKernel Triangle { get; } = new(radius: 1, averages: true, distance => Math.Max(0, 1 - distance));

    /// <summary>
    /// For enlarging: the cubic of ML.NET's chain, whose Skia draws with B = C = 1/3. It reaches over four source pixels, two of them with
    /// negative weights; at the edges the outermost pixel repeats. Source: Mitchell and Netravali 1988, Reconstruction Filters in Computer
    /// Graphics, equation 8.
    /// </summary>
    public static ResizeKernel Mitchell { get; } = new(radius: 2, averages: false, distance => distance switch
    {
        < 1 => ((((21 * distance) - 36) * distance * distance) + 16) / 18,
        < 2 => ((((((-7 * distance) + 36) * distance) - 60) * distance) + 32) / 18,
        _ => 0,
    });

    /// <summary>Whether what lies beyond the edge counts as the outermost pixel, or not at all.</summary>
    public bool RepeatsEdge => !_averages;

    /// <summary>The distance, in source pixels, from which on none count.</summary>
    /// <param name="scale">Source pixels a target pixel.</param>
    public double Radius(double scale) => _radius * Width(scale);

    /// <summary>The weight; those of one target pixel may have another sum than 1.</summary>
    /// <param name="distance">In source pixels; at least 0.</param>
    /// <param name="scale">Source pixels a target pixel.</param>
    public double Weight(double distance, double scale) => _weight(distance / Width(scale));

    private double Width(double scale) => _averages ? Math.Max(scale, 1) : 1;
}
