using System.CommandLine;

namespace MLVision.Cli.Help;

/// <summary>Examples of each command. A test parses them all.</summary>
internal static class HelpExamples
{
    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["mlvision"] =
        [
            "mlvision train --data flowers --out out", "mlvision predict --model out/model.zip rose.jpg", "mlvision train --help",
        ],
        ["models"] = ["mlvision models --family efficientnet"],
        ["train"] =
        [
            "mlvision train --data flowers --out out", "mlvision train --data flowers --out out --arch resnet50 --weights imagenet1k_v2",
            "mlvision train --data flowers.csv --out out", "mlvision train --data flowers --out out --resume",
            "mlvision train --config out/run.json --out out-2",
            "mlvision train --data tulips --weights out/model.zip --add-classes --out out-3",
        ],
        ["lr-find"] = ["mlvision lr-find --data flowers --out rates.png"],
        ["evaluate"] =
        [
            "mlvision evaluate --model out/model.zip --data flowers-test",
            "mlvision evaluate --model out/model.zip --data flowers-test --report report.html",
        ],
        ["predict"] =
        [
            "mlvision predict --model out/model.zip rose.jpg photographs", "mlvision predict --model out/model.zip 'roses/*.jpg' --top 3",
            "mlvision predict --model out/model.zip - --csv < rose.jpg",
        ],
        ["score"] =
        [
            "mlvision score --model out/model.zip --data photographs --out labels.csv",
            "mlvision score --model out/model.zip --data photographs.csv --out labels.csv --shard 0/4",
            "mlvision score --merge --out labels.csv",
        ],
        ["export"] = ["mlvision export --arch resnet50 --weights imagenet1k_v2 --out resnet50.onnx"],
        ["inspect"] = ["mlvision inspect out/model.zip", "mlvision inspect resnet50.pth --json"],
        ["quantize"] =
        [
            "mlvision quantize --model out/model.onnx --data flowers --out model.int8.onnx",
            "mlvision quantize --model out/model.onnx --weights-only fp16 --out model.fp16.onnx",
        ],
        ["doctor"] = ["mlvision doctor --data flowers --out examination"],
        ["new"] =
        [
            "mlvision new --model out/model.zip --name Flowers --out Flowers",
            "mlvision new --model out/model.zip --name Flowers --out service --web",
            "mlvision new --model out/model.onnx --name Flowers --out page --browser",
        ],
        ["completion bash"] = ["source <(mlvision completion bash)"],
        ["completion zsh"] = ["source <(mlvision completion zsh)"],
        ["completion pwsh"] = ["mlvision completion pwsh | Out-String | Invoke-Expression"],
        ["benchmark train"] = ["mlvision benchmark train --arch resnet50"],
        ["benchmark score"] = ["mlvision benchmark score --model out/model.zip --data flowers"],
    };

    /// <summary>Those of a command; none where it only holds others.</summary>
    public static IReadOnlyList<string> Of(Command command)
    {
        var name = command is RootCommand ? "mlvision"
            : command.Parents.FirstOrDefault() is Command and not RootCommand and var parent ? $"{parent.Name} {command.Name}"
            : command.Name;
        return Examples.GetValueOrDefault(name) ?? [];
    }
}
