#!/usr/bin/env python3
"""Make the folder of images in samples/data/fashion-mnist from the Fashion-MNIST files.

The files come from Debian's package dataset-fashion-mnist (apt install dataset-fashion-mnist);
any folder with the same four .gz files will do. Taken are the first --train images of each class
of the training file and the first --test images of each class of the test file, written as

    OUTPUT/train/CLASS/NNNN.png
    OUTPUT/test/CLASS/NNNN.png

where NNNN is the image's index in the original file, from 0. Each is 28x28, 8-bit grey, with the
original's pixels unchanged. Nothing but Python's standard library is used.

The choice has no chance in it: two runs give the same bytes. (Another release of zlib may pack the
same pixels into other bytes.) Folders that are there already are never overwritten.
"""

import argparse
import gzip
import math
import struct
import sys
import zlib
from pathlib import Path

CLASSES = (
    "t-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)
SPLITS = {"train": "train", "test": "t10k"}
PACKAGE_FOLDER = Path("/usr/share/datasets/fashion-mnist")


class Failure(Exception):
    """Something the person running this can put right; its text is the whole message."""


def read_idx(path, dimensions):
    """Return the sizes and the bytes of an IDX file of unsigned bytes."""
    try:
        with gzip.open(path) as file:
            content = file.read()
    except FileNotFoundError:
        raise Failure(f"{path} is absent: install Debian's package dataset-fashion-mnist, "
                      "or name the folder that holds its files with --source.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise Failure(f"{path} cannot be read: {error}.") from None

    header = 4 + 4 * dimensions
    if len(content) < header or content[:4] != bytes((0, 0, 8, dimensions)):
        raise Failure(f"{path} is not an IDX file of bytes in {dimensions} dimension(s).")
    sizes = struct.unpack(f">{dimensions}I", content[4:header])
    expected = header + math.prod(sizes)
    if len(content) != expected:
        raise Failure(f"{path} holds {len(content)} bytes where its header promises {expected}.")
    return sizes, content[header:]


def filtered(pixels, width, kind):
    """Return the rows of a grey image behind PNG's filter of this kind (0 to 4)."""
    rows = bytearray()
    above = bytes(width)
    for start in range(0, len(pixels), width):
        row = pixels[start:start + width]
        rows.append(kind)
        for x, value in enumerate(row):
            left, up, corner = (row[x - 1], above[x], above[x - 1]) if x else (0, above[x], 0)
            if kind == 0:
                guess = 0
            elif kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            else:
                guess = min((left, up, corner), key=lambda c: abs(left + up - corner - c))
            rows.append((value - guess) & 255)
        above = row
    return bytes(rows)


def png(pixels, width, height):
    """Return a grey 8-bit PNG: each filter is tried on the whole image, the smallest result wins."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packed = (zlib.compress(filtered(pixels, width, kind), 9) for kind in range(5))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", min(packed, key=len))
            + chunk(b"IEND", b""))


def first_of_each_class(labels, wanted, path):
    """Return the indices of the first so many images of each class, by class."""
    chosen = [[] for _ in CLASSES]
    for index, label in enumerate(labels):
        if label >= len(CLASSES):
            raise Failure(f"{path} has label {label} at index {index}; labels go up to {len(CLASSES) - 1}.")
        if len(chosen[label]) < wanted:
            chosen[label].append(index)
    for name, indices in zip(CLASSES, chosen):
        if len(indices) < wanted:
            raise Failure(f"{path} has only {len(indices)} images of class {name}; {wanted} were asked for.")
    return chosen


def make(source, output, wanted):
    """Write the splits; return how many files and bytes that came to."""
    for split in SPLITS:
        if (output / split).exists():
            raise Failure(f"{output / split} exists already: remove it first, or name another folder with --output.")

    # Everything is read and chosen before anything is written.
    plan = []
    for split, prefix in SPLITS.items():
        labels_path = source / f"{prefix}-labels-idx1-ubyte.gz"
        images_path = source / f"{prefix}-images-idx3-ubyte.gz"
        (label_count,), labels = read_idx(labels_path, 1)
        (image_count, height, width), images = read_idx(images_path, 3)
        if label_count != image_count:
            raise Failure(f"{labels_path} has {label_count} labels for {image_count} images.")
        plan.append((split, first_of_each_class(labels, wanted[split], labels_path), images, width, height))

    last = max((index for _, chosen, *_ in plan for indices in chosen for index in indices), default=0)
    digits = max(4, len(str(last)))
    files = size = 0
    for split, chosen, images, width, height in plan:
        for name, indices in zip(CLASSES, chosen):
            folder = output / split / name
            folder.mkdir(parents=True)
            for index in indices:
                start = index * width * height
                data = png(images[start:start + width * height], width, height)
                (folder / f"{index:0{digits}}.png").write_bytes(data)
                files += 1
                size += len(data)
    return files, size


def count(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=PACKAGE_FOLDER, help="folder of the .gz files (%(default)s)")
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent / "fashion-mnist",
                        help="folder to write train/ and test/ into (fashion-mnist beside this script)")
    parser.add_argument("--train", type=count, default=200, help="training images of each class (%(default)s)")
    parser.add_argument("--test", type=count, default=50, help="test images of each class (%(default)s)")
    arguments = parser.parse_args()
    try:
        files, size = make(arguments.source, arguments.output, {"train": arguments.train, "test": arguments.test})
    except (Failure, OSError) as failure:
        print(f"make-fashion-mnist: {failure}", file=sys.stderr)
        return 1
    print(f"{files} images, {size} bytes, in {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
