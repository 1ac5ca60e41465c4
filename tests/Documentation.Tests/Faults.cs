namespace Documentation.Tests;

/// <summary>Lists all faults of a page at once; xUnit's own message cuts them short.</summary>
internal static class Faults
{
    public static void AssertNone(IEnumerable<string> faults)
    {
        var list = faults.ToList();
        Assert.True(list.Count == 0, string.Join('\n', list));
    }
}
