namespace MLVision.MLNetExtensions.Files;

/// <summary>What stands under a name in a folder.</summary>
internal enum EntryKind
{
    Missing,
    File,
    Folder,
    Link,
    NamedPipe,
    Socket,
    Device,
}
