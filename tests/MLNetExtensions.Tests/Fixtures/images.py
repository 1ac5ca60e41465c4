"""Writes the images in images/: one of every kind that is read, and the pixels another library makes of some.

Needs Pillow and numpy (made with Pillow 9.4.0); the tests need neither. All show the same picture, 48x32 pixels of smooth colours with
an edge, no two corners alike, so that a flip or a turn shows.

Usage: python3 images.py images
"""
import os
import struct
import sys
import zlib

import numpy
from PIL import Image

WIDTH, HEIGHT = 48, 32
EXIF_ORIENTATION = 0x0112


def picture(width=WIDTH, height=HEIGHT):
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    x, y = x / width, y / height
    red = 220 * x + 20 * y
    green = 200 * y * (1 - x) + 40
    blue = 120 + 100 * numpy.sin(9 * x + 5 * y)
    pixels = numpy.stack([red, green, blue], axis=-1)
    pixels[(x < 0.3) & (y < 0.25)] = [250, 240, 230]
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def translucent():
    alpha = numpy.tile(numpy.linspace(0, 255, WIDTH).astype(numpy.uint8), (HEIGHT, 1))
    image = picture().convert("RGBA")
    image.putalpha(Image.fromarray(alpha))
    return image


def png16(path, pixels):
    """Pillow writes no 16-bit colour: PNG specification, sections 11.2.2 and 12.7."""
    height, width, channels = pixels.shape
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)

    write_png(path, (width, height, 16, colour_type, 0, 0, 0), b"", rows)


def write_png(path, header, palette, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *header)) + (chunk(b"PLTE", palette) if palette else b""))
        file.write(chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def interlaced(path, image):
    """Pillow writes no interlaced PNG: PNG specification, section 8.2."""
    pixels = numpy.asarray(image).reshape(image.height, image.width, -1)
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = b"".join(b"\0" + row.tobytes() for x, y, across, down in passes for row in pixels[y::down, x::across])
    palette = bytes(image.getpalette()) if image.mode == "P" else b""
    write_png(path, (image.width, image.height, 8, 3 if palette else 2, 0, 0, 1), palette, rows)


def run_length_bmp(path, image):
    """Pillow writes no compressed BMP: BITMAPINFOHEADER, BI_RLE8. From the last row up: pairs of how often and what; 0, 0 ends a row."""
    rows = b"".join(b"".join(bytes([1, value]) for value in row.tobytes()) + b"\0\0" for row in numpy.asarray(image)[::-1]) + b"\0\1"
    palette = b"".join(bytes(image.getpalette()[i:i + 3][::-1]) + b"\0" for i in range(0, 768, 3))
    start = 14 + 40 + len(palette)
    with open(path, "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start))
        file.write(struct.pack("<IiiHHIIiiII", 40, image.width, image.height, 1, 8, 1, len(rows), 0, 0, 256, 0) + palette + rows)


def stored(image, orientation):
    """How a camera stores the picture so that `orientation` turns it upright (Exif 2.32, section 4.6.4, tag 274)."""
    inverse = {
        1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
        6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270,
    }[orientation]
    return image if inverse is None else image.transpose(inverse)


def write(folder):
    def at(name):
        return os.path.join(folder, name)

    image = picture()
    image.save(at("colour.jpg"), quality=90)
    image.save(at("colour-444.jpg"), quality=90, subsampling=0)
    image.save(at("progressive.jpg"), quality=90, progressive=True)
    image.convert("L").save(at("grey.jpg"), quality=90)
    image.convert("CMYK").save(at("cmyk.jpg"), quality=90)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = orientation
        stored(image, orientation).save(at(f"exif-{orientation}.jpg"), quality=95, subsampling=0, exif=exif)

    image.save(at("colour.png"))
    image.convert("L").save(at("grey.png"))
    image.convert("1").save(at("black-white.png"))
    image.quantize(17).save(at("palette.png"))
    translucent().save(at("alpha.png"))
    translucent().convert("LA").save(at("grey-alpha.png"))
    translucent().quantize(17, method=Image.FASTOCTREE).save(at("palette-alpha.png"))
    deep = numpy.asarray(image).astype(int) * 257 - 100
    png16(at("colour-16.png"), deep.clip(0, 65535))
    png16(at("grey-16.png"), deep[:, :, :1].clip(0, 65535))
    alpha = numpy.tile(numpy.linspace(0, 65535, WIDTH)[None, :, None], (HEIGHT, 1, 1))
    png16(at("alpha-16.png"), numpy.concatenate([deep.clip(0, 65535), alpha], axis=-1))

    interlaced(at("interlaced.png"), image)
    interlaced(at("interlaced-palette.png"), image.quantize(17))

    image.save(at("colour.bmp"))
    image.quantize(17).save(at("palette.bmp"))
    run_length_bmp(at("palette-run-length.bmp"), image.quantize(17))
    frames = [stored(image, 3), stored(image, 2)]
    image.save(at("colour.gif"))
    image.save(at("animated.gif"), save_all=True, append_images=frames, duration=100)
    clear = image.quantize(17)
    clear.save(at("transparent.gif"), transparency=clear.getpixel((0, 0)))
    image.save(at("colour.webp"), quality=90)
    translucent().save(at("alpha.webp"), lossless=True)
    image.save(at("animated.webp"), save_all=True, append_images=frames, duration=100)

    # Shrunk by Pillow: its bilinear filter averages over the pixels that fall together, as torchvision's does. ML.NET places
    # the image so: 96 * 32 / 75 = 40.96 pixels wide, cut off to 40, from (32 - 40.96) / 2 = -4.48, cut off to -4.
    large = picture(96, 75)
    large.save(at("large.png"))
    large.resize((40, 32), Image.BILINEAR).crop((4, 0, 36, 32)).save(at("large-shrunk.png"))


if __name__ == "__main__":
    write(sys.argv[1])
