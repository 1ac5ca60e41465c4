using System.Collections.Frozen;

namespace MLVision.Trainers.Weights.Published;

/// <summary>The whole SHA-256 of published files, by the first eight digits, which their names end in.</summary>
/// <remarks>
/// The publishers tell the eight digits only, which anybody can forge in minutes: they tell cut and mixed files. Digests and lengths here
/// were taken on 2026-11-28: of <c>resnet20-12fca82f.th</c> from the file itself, of the others from the lock files of at least two public
/// repositories that have nothing to do with each other, which agreed, and whose lengths fit torchvision's sizes in MiB. A length that
/// only sizes in MiB tell is left out. Whoever adds one does likewise.
/// </remarks>
internal static class PublishedDigests
{
    private static readonly FrozenDictionary<string, (string Sha256, long? Length)> Known = new (string Sha256, long? Length)[]
    {
        ("7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02", 244_408_911),     // alexnet
        ("397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0", 553_433_881),     // vgg16
        ("6c64b3138f2f4fcb3bcc4cafde11619c4f440eb1631787e93a682fd88305888a", 553_507_836),     // vgg16_bn
        ("dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44", 574_673_361),     // vgg19
        ("1378be20a8e875cf1568b8a71654e704449655e34711a959a38b04fb34905cef", null),            // googlenet
        ("f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec", 46_830_571),      // resnet18
        ("b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f", 87_319_819),      // resnet34
        ("0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a", 102_530_333),     // resnet50, first recipe
        ("11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca", 102_540_417),     // resnet50, second recipe
        ("63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a", null),            // resnet101, first recipe
        ("394f9c45966e3651a89bbb78a48410a6755854ce4a5ab64927cf1c7247f85e58", null),            // resnet152, first recipe
        ("95faca4d11227dddf8633dbb5ff6c8a9003c1aa5b8945c73834b8007b10950b8", 138_223_492),     // wide_resnet50_2, first recipe
        ("12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8", 1_099_231),       // resnet20 of CIFAR-10
    }.ToFrozenDictionary(entry => entry.Sha256[..PublishedWeights.PrefixDigits], StringComparer.Ordinal);

    /// <summary>The whole digest, or the first digits again where no more is known; and the length where it is known.</summary>
    public static (string Sha256, long? Length) Of(string firstDigits) => Known.GetValueOrDefault(firstDigits, (firstDigits, null));
}
