using System.Text.RegularExpressions;
using MLVision.MLNetExtensions.Images;
using SkiaSharp;

namespace Documentation.Tests;

/// <summary>
/// Python and JavaScript have no fault in their syntax, and the resizing that they show makes ML.NET's pixels. The sessions of ONNX Runtime
/// around it need packages of other registries: they are run by hand.
/// </summary>
public sealed partial class ScriptBlockTests : IDisposable
{
    private const string PageOfScripts = "docs/howto/other-languages.md";
    private const int ImageSize = 64;

    private static readonly string[] Pythons = ["python3", "/usr/bin/python3", "python"];
    private static readonly string[] Nodes = ["node"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public static TheoryData<string> PagesOfPython => Page.WithBlocksOf("python");

    public static TheoryData<string> PagesOfJavaScript => Page.WithBlocksOf("javascript", "html");

    /// <summary>Enlarged, equal, shrunk by less than two, by two and by more; odd numbers; rounding that leaves a row black.</summary>
    private static readonly SKSizeI[] Sizes = [new(40, 33), new(64, 90), new(75, 70), new(127, 200), new(333, 257), new(1003, 777)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(PagesOfPython))]
    public void PythonBlocks_OfAPage_Compile(string name)
    {
        var python = ScriptRunner.Find(Pythons, "-c", "pass");
        foreach (var block in new Page(name).Blocks.Where(block => block.Language == "python"))
        {
            var file = Write("block.py", block.Text);

            var (exitCode, output) = ScriptRunner.Run(python, _folder.FullName, "-m", "py_compile", file)!.Value;

            Assert.True(exitCode == 0, $"{block}: {output}");
        }
    }

    [Theory]
    [MemberData(nameof(PagesOfJavaScript))]
    public void JavaScriptBlocks_OfAPage_HaveNoSyntaxError(string name)
    {
        var node = ScriptRunner.Find(Nodes, "-e", "0");
        foreach (var block in new Page(name).Blocks.Where(block => block.Language is "javascript" or "html"))
        {
            var file = Write("block.mjs", block.Language == "html" ? ModuleOf(block) : block.Text);

            var (exitCode, output) = ScriptRunner.Run(node, _folder.FullName, "--check", file)!.Value;

            Assert.True(exitCode == 0, $"{block}: {output}");
        }
    }

    [Fact]
    public void Python_SquaresOfImages_HaveOurPixels()
    {
        var python = ScriptRunner.Find(Pythons, "-c", "import numpy, PIL");
        var images = Array.ConvertAll(Sizes, DrawImage);
        var functions = Block("python", "def square").Split("session = ")[0].Replace("import onnxruntime\n", "", StringComparison.Ordinal);
        var script = Write("square.py", $"""
            {functions}
            for path in sys.argv[1:]:
                open(path + ".square", "wb").write(square(Image.open(path).convert("RGB"), {ImageSize}).tobytes())
            """);

        var (exitCode, output) = ScriptRunner.Run(python, _folder.FullName, [script, .. images])!.Value;

        Assert.True(exitCode == 0, output);
        Assert.All(images, AssertHasOurPixels);
    }

    [Fact]
    public void JavaScript_SquaresOfImages_HaveOurPixels()
    {
        var node = ScriptRunner.Find(Nodes, "-e", "0");
        var images = Array.ConvertAll(Sizes, DrawImage);
        Array.ForEach(images, image => File.WriteAllBytes(image + ".rgba", Rgba(image)));
        Write("square.mjs", Block("javascript", "export function square"));
        var script = Write("run.mjs", $$"""
            import { readFileSync, writeFileSync } from "node:fs";
            import { square } from "./square.mjs";
            for (const path of process.argv.slice(2)) {
              const [, width, height] = path.match(/(\d+)x(\d+)\.png$/).map(Number);
              writeFileSync(path + ".square", square({ data: readFileSync(path + ".rgba"), width, height, channels: 4 }, {{ImageSize}}));
            }
            """);

        var (exitCode, output) = ScriptRunner.Run(node, _folder.FullName, [script, .. images])!.Value;

        Assert.True(exitCode == 0, output);
        Assert.All(images, AssertHasOurPixels);
    }

    /// <summary>The page promises 2; Skia's linear interpolation has few bits, and both round.</summary>
    private static void AssertHasOurPixels(string image)
    {
        var reader = new ImageReader(ImageSize);
        var expected = new byte[reader.PixelBytes];
        Assert.True(reader.TryRead(image, expected, out var reason), reason);
        var actual = File.ReadAllBytes(image + ".square");
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 2);
    }

    private static byte[] Rgba(string image)
    {
        using var codec = SKCodec.Create(image);
        using var bitmap = SKBitmap.Decode(codec, codec.Info.WithColorType(SKColorType.Rgba8888));
        return bitmap.Bytes;
    }

    private static string Block(string language, string content) => new Page(PageOfScripts).Blocks
        .Single(block => block.Language == language && block.Text.Contains(content, StringComparison.Ordinal)).Text + "\n";

    private static string ModuleOf(CodeBlock block) => Module().Match(block.Text).Groups["code"].Value;

    /// <summary>Noise over a ramp, so that every pixel counts.</summary>
    private string DrawImage(SKSizeI size)
    {
        var (width, height) = (size.Width, size.Height);
        var random = new Random(1);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, new SKColor(
                    (byte)random.Next(256), (byte)(255 * x / width), (byte)((random.Next(256) + (255 * y / height)) / 2)));
            }
        }

        var path = Path.Combine(_folder.FullName, $"{width}x{height}.png");
        using var file = File.Create(path);
        Assert.True(bitmap.Encode(file, SKEncodedImageFormat.Png, quality: 100));
        return path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    [GeneratedRegex("""<script type="module">(?<code>.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex Module();
}
