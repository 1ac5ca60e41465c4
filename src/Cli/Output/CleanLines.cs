using Spectre.Console.Rendering;

namespace MLVision.Cli.Output;

/// <summary>Lines that are written where others may stand: each is cleared first, so that nothing is left behind a shorter one.</summary>
/// <remarks>Spectre moves back over the lines that change, and writes what comes above them there without clearing.</remarks>
/// <param name="content">What is written.</param>
internal sealed class CleanLines(IRenderable content) : IRenderable
{
    private const string Clear = "\e[2K";

    public Measurement Measure(RenderOptions options, int maxWidth) => content.Measure(options, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var isAtBeginning = options.Ansi;
        foreach (var segment in content.Render(options, maxWidth))
        {
            if (isAtBeginning)
            {
                yield return Segment.Control(Clear);
            }

            yield return segment;
            isAtBeginning = options.Ansi && segment.IsLineBreak;
        }
    }
}
