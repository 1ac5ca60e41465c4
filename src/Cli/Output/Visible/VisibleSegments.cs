using Spectre.Console;
using Spectre.Console.Rendering;

namespace MLVision.Cli.Output.Visible;

/// <summary>Shows the control characters in all that goes through Spectre's consoles, but for those that Spectre itself writes.</summary>
internal sealed class VisibleSegments : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(content => new Shown(content));

    private sealed class Shown(IRenderable content) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => content.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => content.Render(options, maxWidth).Select(segment =>
            segment.IsControlCode || segment.IsLineBreak || !segment.Text.Any(char.IsControl)
                ? segment
                : new Segment(VisibleText.Of(segment.Text, keepsLines: true), segment.Style));
    }
}
