using System.Globalization;
using MLVision.MLNetExtensions.Scoring.Results;
using SkiaSharp;

namespace MLVision.MLNetExtensions.Scoring.Explanations;

/// <summary>Draws a heat map over its photograph, and what it means below.</summary>
internal static class HeatPicture
{
    private const int Margin = 16;
    private const int LegendHeight = 84;
    private const int LegendWidth = 448;
    private const int BarHeight = 14;
    private const int MostBar = 260;
    private const float LabelSize = 20;
    private const float SmallSize = 14;

    // Under the colours, a photograph of its own colours would mix with them.
    private const float Saturation = 0.15f;
    private static readonly SKColor Paper = SKColors.White;
    private static readonly SKColor Ink = new(0x19, 0x1C, 0x20);
    private static readonly SKColor Veil = new(0xFF, 0xFF, 0xFF, 165);

    /// <summary>Writes the picture as PNG.</summary>
    public static void Write(Stream stream, ImageExplanation explanation, ReadOnlyMemory<byte> encoded, SeenSquare square)
    {
        using var photograph = UprightPhotograph.Of(encoded, square.IgnoresOrientation);
        var (width, height) = (Math.Max(photograph.Width, LegendWidth), photograph.Height + LegendHeight);
        using var picture = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Paper);
        canvas.Save();
        canvas.Translate((width - photograph.Width) / 2, 0);
        DrawHeat(canvas, photograph, explanation.Heat, square.In(photograph.Width, photograph.Height));
        canvas.Restore();
        DrawLegend(canvas, explanation, photograph.Height, width);
        using var png = picture.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }

    /// <summary>Draws the middle square of the photograph and the map over it, without a legend, as a JPEG.</summary>
    /// <param name="explanation">What is drawn.</param>
    /// <param name="encoded">The photograph.</param>
    /// <param name="square">What the model sees of it.</param>
    /// <param name="size">Width and height in pixels.</param>
    /// <param name="quality">Of the JPEG, 1 to 100.</param>
    public static byte[] Thumbnail(ImageExplanation explanation, ReadOnlyMemory<byte> encoded, SeenSquare square, int size, int quality)
    {
        using var photograph = UprightPhotograph.Of(encoded, square.IgnoresOrientation);
        var side = Math.Min(photograph.Width, photograph.Height);
        using var picture = new SKBitmap(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Paper);
        canvas.Scale((float)size / side);
        canvas.Translate(-(photograph.Width - side) / 2f, -(photograph.Height - side) / 2f);
        DrawHeat(canvas, photograph, explanation.Heat, square.In(photograph.Width, photograph.Height));
        using var jpeg = picture.Encode(SKEncodedImageFormat.Jpeg, quality);
        return jpeg.ToArray();
    }

    private static void DrawHeat(SKCanvas canvas, SKBitmap photograph, HeatMap map, SKRect seen)
    {
        using var plain = new SKPaint { FilterQuality = SKFilterQuality.Medium };
        canvas.DrawBitmap(photograph, 0, 0, plain);
        using var veil = new SKPaint { Color = Veil };
        canvas.DrawRect(SKRect.Create(photograph.Width, photograph.Height), veil);

        canvas.Save();
        canvas.ClipRect(seen);
        using var greyed = SKColorFilter.CreateColorMatrix(Greyed());
        using var grey = new SKPaint { ColorFilter = greyed, FilterQuality = SKFilterQuality.Medium };
        canvas.DrawBitmap(photograph, 0, 0, grey);
        using var values = ToGrey(map);
        using var colours = HeatColours.Filter();
        using var heat = new SKPaint
        {
            FilterQuality = SKFilterQuality.High,    // bicubic, from the middle of one value to the middle of the next
            ColorFilter = colours,
        };
        canvas.DrawBitmap(values, seen, heat);
        canvas.Restore();

        using var edge = new SKPaint { Color = Ink, IsStroke = true, StrokeWidth = 1 };
        if (seen.Width < photograph.Width || seen.Height < photograph.Height)
        {
            canvas.DrawRect(seen, edge);
        }
    }

    private static void DrawLegend(SKCanvas canvas, ImageExplanation explanation, int top, int width)
    {
        var prediction = explanation.Prediction;
        var share = prediction.Probability is >= 0.9995f and < 1
            ? "> 99.9 %" : string.Create(CultureInfo.InvariantCulture, $"{100 * prediction.Probability:0.0} %");
        var room = width - (2 * Margin);
        var shareWidth = LegendText.Width(share, LabelSize);
        var best = prediction.Top(1)[0].Label;
        var label = prediction.Refusal is null ? best : $"none of these; nearest is {best}";
        LegendText.Draw(canvas, label, Margin, top + 30, LabelSize, Ink, room - shareWidth - Margin);
        LegendText.Draw(canvas, share, width - Margin - shareWidth, top + 30, LabelSize, Ink, room);

        const string Less = "less", More = "more";
        var method = explanation.Source == HeatSource.Model ? "by the model's own map" : "by hiding parts";
        var baseline = top + 62;
        LegendText.Draw(canvas, Less, Margin, baseline, SmallSize, Ink, room);
        var left = Margin + LegendText.Width(Less, SmallSize) + 8;
        var bar = SKRect.Create(left, baseline - BarHeight + 2, Math.Min(MostBar, width * 0.35f), BarHeight);
        using var shader = SKShader.CreateLinearGradient(
            bar.Location, new SKPoint(bar.Right, bar.Top), [.. Enumerable.Range(0, 9).Select(step => HeatColours.Of(step / 8.0))],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawRect(bar, paint);
        LegendText.Draw(canvas, More, bar.Right + 8, baseline, SmallSize, Ink, room);
        var methodWidth = LegendText.Width(method, SmallSize);
        LegendText.Draw(canvas, method, width - Margin - methodWidth, baseline, SmallSize, Ink, room);
    }

    /// <summary>The values from 0, which is black, to the largest, which is white; what speaks against the class is black, too.</summary>
    private static SKBitmap ToGrey(HeatMap map)
    {
        var largest = Math.Max(map.Values.Max(), float.Epsilon);
        var grey = new SKBitmap(map.Columns, map.Rows, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var row = 0; row < map.Rows; row++)
        {
            for (var column = 0; column < map.Columns; column++)
            {
                var value = (byte)Math.Round(Math.Clamp(map[row, column] / largest, 0, 1) * byte.MaxValue);
                grey.SetPixel(column, row, new SKColor(value, value, value));
            }
        }

        return grey;
    }

    /// <summary>A colour matrix that takes most of the colour away. Weights of the channels: ITU-R BT.709.</summary>
    private static float[] Greyed()
    {
        const float Red = 0.2126f, Green = 0.7152f, Blue = 0.0722f, Rest = 1 - Saturation;
        return
        [
            (Red * Rest) + Saturation, Green * Rest, Blue * Rest, 0, 0,
            Red * Rest, (Green * Rest) + Saturation, Blue * Rest, 0, 0,
            Red * Rest, Green * Rest, (Blue * Rest) + Saturation, 0, 0,
            0, 0, 0, 1, 0,
        ];
    }
}
