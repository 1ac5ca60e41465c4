using System.Runtime.InteropServices;

namespace MLVision.Trainers.Native;

/// <summary>Has Linux's loader take the path of one library for another that is loaded already, until this is disposed of.</summary>
/// <remarks>
/// The loader compares a path that it shall open with the names of what it has loaded before it looks at files. The name is a field of the
/// structure that debuggers read. Source: link.h, struct link_map; dlinfo(3), RTLD_DI_LINKMAP; glibc's elf/dl-load.c, _dl_map_object.
/// </remarks>
internal sealed unsafe partial class LibraryAlias : IDisposable
{
    private const int LinkMap = 2;      // RTLD_DI_LINKMAP

    private readonly byte** _name;
    private readonly byte* _before;
    private readonly nint _alias;

    /// <summary>Gives a library another name.</summary>
    /// <param name="library">The handle of a loaded library.</param>
    /// <param name="path">The path that shall stand for it; nothing may have been loaded from there.</param>
    /// <exception cref="TorchRuntimeException">The loader does not tell of its libraries.</exception>
    public LibraryAlias(nint library, string path)
    {
        nint map = 0;
        if (dlinfo(library, LinkMap, &map) != 0 || map == 0)
        {
            throw new TorchRuntimeException(
                $"The system's loader does not tell of its libraries, so that '{path}' would be loaded, too: {OtherLibtorch.Variable} " +
                "needs an application without a libtorch of its own here.");
        }

        _name = (byte**)map + 1;        // behind the address at which it is loaded
        _before = *_name;
        _alias = Marshal.StringToCoTaskMemUTF8(path);
        *_name = (byte*)_alias;
    }

    public void Dispose()
    {
        if (*_name == (byte*)_alias)
        {
            *_name = _before;
            Marshal.FreeCoTaskMem(_alias);
        }
    }

    [LibraryImport("libc")]
    private static partial int dlinfo(nint handle, int request, nint* result);
}
