"""Blanks the GPU code that one card does not run, so that a library of CUDA kernels packs into a fifth of its size.

    python3 prune_fatbin.py SOURCE TARGET 90

90 is the compute capability without its dot (9.0: H100, H200). CUDA looks kernels up by headers, which stay as they are, and so do all
offsets; what remains is untouched. Intermediate code (PTX) goes, too, so that the library runs on cards of that capability only.

The format is not documented by NVIDIA. As found in ONNX Runtime's libraries: a container begins with the magic number BA55ED50, a version of
16 bits, its header's length of 16 bits, and the length of its entries of 64 bits. An entry begins with its kind (1 PTX, 2 machine code) of
16 bits, 16 unknown bits, its header's length of 32 bits and its content's of 64; the capability stands at byte 28.
"""

import collections
import mmap
import shutil
import struct
import sys

MAGIC = struct.pack("<I", 0xBA55ED50)
MACHINE_CODE = 2
ENTRY_HEADER = 64


def containers(library):
    """Beginning and end of the entries of each container."""
    position = library.find(MAGIC)
    while position >= 0:
        _, version, header, length = struct.unpack_from("<IHHQ", library, position)
        end = position + header + length
        if version in (1, 2) and 16 <= header <= ENTRY_HEADER and end <= len(library):
            yield position + header, end
        else:
            end = position + len(MAGIC)  # the number stands there by chance
        position = library.find(MAGIC, end)


def entries(library, position, end):
    """Kind, capability, beginning and length of each entry's content."""
    while position + ENTRY_HEADER <= end:
        kind, _, header, length = struct.unpack_from("<HHIQ", library, position)
        (capability,) = struct.unpack_from("<I", library, position + 28)
        if not 32 <= header <= 4096 or position + header + length > end:
            print(f"The entry at {position:#x} is of a format that this script does not know; the rest of its container stays.")
            return
        yield kind, capability, position + header, length
        position += header + length


def main():
    source, target, kept = sys.argv[1], sys.argv[2], int(sys.argv[3])
    shutil.copyfile(source, target)
    found = collections.Counter()
    with open(target, "r+b") as file, mmap.mmap(file.fileno(), 0) as library:
        for begin, end in containers(library):
            for kind, capability, content, length in entries(library, begin, end):
                found[kind, capability] += length
                if (kind, capability) != (MACHINE_CODE, kept):
                    library[content:content + length] = bytes(length)
        library.flush()
    for (kind, capability), length in sorted(found.items()):
        print(f"{'code' if kind == MACHINE_CODE else 'PTX'} for {capability}: {length >> 20} MiB")
    if not found[MACHINE_CODE, kept]:
        sys.exit(f"'{source}' has no code for {kept}.")


main()
