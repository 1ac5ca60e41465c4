namespace AspNetCore.Tests;

/// <summary>A stream that does not say how long it is, so that it is sent in chunks.</summary>
internal sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;
}
