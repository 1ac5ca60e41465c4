namespace MLVision.MLNetExtensions.Images.Resizing;

/// <summary>The weight of a source pixel in a target pixel, by the distance between their centres.</summary>
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
    /// <c>Resize(antialias=True)</c> do. The triangle is as wide as two target pixels. At the edges, the weights of missing pixels go to
    /// the others.
    /// </summary>
    public static ResizeKernel Triangle { get; } = new(radius: 1, averages: true, distance => Math.Max(0, 1 - distance));

    /// <summary>
    /// For enlarging: the cubic of ML.NET's chain, whose Skia draws with B = C = 1/3. It covers four source pixels, two of them with
    /// negative weights. At the edges the outermost pixel is repeated. Source: Mitchell and Netravali 1988, Reconstruction Filters in
    /// Computer Graphics, equation 8.
    /// </summary>
    public static ResizeKernel Mitchell { get; } = new(radius: 2, averages: false, distance => distance switch
    {
        < 1 => ((((21 * distance) - 36) * distance * distance) + 16) / 18,
        < 2 => ((((((-7 * distance) + 36) * distance) - 60) * distance) + 32) / 18,
        _ => 0,
    });

    /// <summary>Whether pixels beyond the edge repeat the outermost pixel; otherwise they do not count.</summary>
    public bool RepeatsEdge => !_averages;

    /// <summary>The distance, in source pixels, from which the weight is 0.</summary>
    /// <param name="scale">Source pixels per target pixel.</param>
    public double Radius(double scale) => _radius * Width(scale);

    /// <summary>The weight; the weights of one target pixel need not add up to 1.</summary>
    /// <param name="distance">In source pixels; at least 0.</param>
    /// <param name="scale">Source pixels per target pixel.</param>
    public double Weight(double distance, double scale) => _weight(distance / Width(scale));

    private double Width(double scale) => _averages ? Math.Max(scale, 1) : 1;
}
