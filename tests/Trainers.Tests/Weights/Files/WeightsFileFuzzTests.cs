using System.Diagnostics;
using System.Globalization;

namespace Trainers.Tests.Weights.Files;

/// <summary>Damaged files are refused with the one exception type, or read; they never crash, hang or read elsewhere.</summary>
public sealed class CheckpointFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Open_DamagedFiles_ThrowNothingElse() => CheckpointFiles.With([], path =>
    {
        var mutants = new CheckpointMutants(seed: 1);

        // Some two seconds.
        for (var i = 0; i < 15_000; i++)
        {
            mutants.TryNext(path);
        }

        return true;
    });

    /// <summary>The same for as many seconds as <c>FUZZ_SECONDS</c> says (60) from the seed <c>FUZZ_SEED</c> (2).</summary>
    /// <remarks>
    /// A plain run leaves it out. From the repository's root:
    /// <code>FUZZ_SECONDS=180 dotnet test tests/Trainers.Tests -c Release --filter "Category=Fuzz" -- xUnit.Explicit=only</code>
    /// </remarks>
    [Fact(Explicit = true)]
    [Trait("Category", "Fuzz")]
    public void Open_DamagedFilesForMinutes_ThrowNothingElse() => CheckpointFiles.With([], path =>
    {
        var duration = TimeSpan.FromSeconds(Setting("FUZZ_SECONDS", 60));
        var mutants = new CheckpointMutants(Setting("FUZZ_SEED", 2));
        var (count, read, slowest) = (0L, 0L, TimeSpan.Zero);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration; count++)
        {
            var start = watch.Elapsed;
            read += mutants.TryNext(path) ? 1 : 0;
            slowest = watch.Elapsed - start > slowest ? watch.Elapsed - start : slowest;
        }

        output.WriteLine($"{count} mutants, {read} of them readable; the slowest took {slowest.TotalMilliseconds:F0} ms.");
        return true;
    });

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
