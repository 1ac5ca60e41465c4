"""Writes augmentation-reference.json: what torchvision and Pillow make of a small image.

Needs torch, torchvision and Pillow (made with torch 1.13.1, torchvision 0.14.1, Pillow 9.4.0); the tests need none of them.

Usage: python3 augmentation-reference.py

The file has
  size, image     width and height, and the image: bytes [size, size, 3], base64
  grayMean        the rounded mean of its grey version
  changes         operation, strength (in the operation's own unit) and the pixels after it. All but Hue are done by torchvision's
                  functions on a Pillow image; Hue on a tensor, since Pillow's has 256 hues only
  crops           window and size, and the pixels of the window resized to size by Pillow's bilinear filter
  strengths       the operations of torchvision's TrivialAugmentWide with their strengths, in its own units, and whether they have a sign
"""
import base64
import json
import math
import pathlib

import numpy as np
import torch
from PIL import Image, ImageStat
from torchvision.transforms import InterpolationMode, TrivialAugmentWide
from torchvision.transforms import functional as F

SIZE = 16
BILINEAR = InterpolationMode.BILINEAR


def make_image():
    """Waves of different lengths, a grey patch, black and white corners; the first channel leaves the ends of the range unused."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    red = 120 + 70 * np.sin(x / 2.1 + y / 5)
    green = 128 + 127 * np.sin(y / 1.7)
    blue = (x * 37 + y * 91) % 256
    image = np.stack([red, green, blue], axis=2).astype(np.uint8)
    image[4:8, 9:13] = 90
    image[0, 0], image[0, -1] = 0, (40, 255, 255)
    return Image.fromarray(image)


def encode(image):
    return base64.b64encode(np.asarray(image, dtype=np.uint8).tobytes()).decode()


def shear(image, x, y):
    degrees = [math.degrees(math.atan(x)), math.degrees(math.atan(y))]
    return F.affine(image, angle=0.0, translate=[0, 0], scale=1.0, shear=degrees, interpolation=BILINEAR, center=[0, 0])


def translate(image, x, y):
    return F.affine(image, angle=0.0, translate=[int(x), int(y)], scale=1.0, shear=[0.0, 0.0], interpolation=BILINEAR)


def turn_hue(image, share):
    tensor = F.adjust_hue(torch.from_numpy(np.array(image)).permute(2, 0, 1), share)
    return tensor.permute(1, 2, 0).numpy()


OPERATIONS = {
    "ShearX": (lambda image, v: shear(image, v, 0), (0.33, -0.99)),
    "ShearY": (lambda image, v: shear(image, 0, v), (0.33, -0.99)),
    "TranslateX": (lambda image, v: translate(image, v, 0), (5, -3, 32)),
    "TranslateY": (lambda image, v: translate(image, 0, v), (5, -3, -32)),
    "Rotate": (lambda image, v: F.rotate(image, v, interpolation=BILINEAR), (31.5, -90, 135)),
    "Brightness": (F.adjust_brightness, (0.01, 0.6, 1, 1.73)),
    "Contrast": (F.adjust_contrast, (0.01, 0.6, 1, 1.73)),
    "Saturation": (F.adjust_saturation, (0.01, 0.6, 1, 1.73)),
    "Hue": (turn_hue, (0.1, -0.23, 0.5, -0.5)),
    "Sharpness": (F.adjust_sharpness, (0.01, 0.6, 1, 1.99)),
    "Posterize": (lambda image, v: F.posterize(image, v), (2, 5, 8)),
    "Solarize": (F.solarize, (0, 127.5, 255)),
    "AutoContrast": (lambda image, v: F.autocontrast(image), (0,)),
    "Equalize": (lambda image, v: F.equalize(image), (0,)),
}

# (left, top, width, height), size: enlarged, kept one way, stretched, kept both ways, from a single pixel, and shrunk as only images
# can be that are stored larger than the network sees them.
CROPS = [
    ((3, 5, 7, 6), 16),
    ((0, 2, 16, 9), 16),
    ((5, 0, 4, 16), 16),
    ((0, 0, 16, 16), 16),
    ((15, 15, 1, 1), 16),
    ((0, 0, 16, 16), 13),
    ((1, 0, 15, 11), 12),
    ((2, 3, 13, 12), 37),
]


def main():
    image = make_image()
    space = TrivialAugmentWide()._augmentation_space(31)
    reference = {
        "size": SIZE,
        "image": encode(image),
        "grayMean": int(ImageStat.Stat(image.convert("L")).mean[0] + 0.5),
        "changes": [
            {"operation": name, "strength": strength, "pixels": encode(change(image, strength))}
            for name, (change, strengths) in OPERATIONS.items()
            for strength in strengths
        ],
        "crops": [
            {
                "left": left, "top": top, "width": width, "height": height, "size": size,
                "pixels": encode(F.resized_crop(image, top, left, height, width, [size, size], BILINEAR)),
            }
            for (left, top, width, height), size in CROPS
        ],
        "strengths": {name: {"values": [float(v) for v in values.reshape(-1)], "isSigned": signed} for name, (values, signed) in space.items()},
    }
    path = pathlib.Path(__file__).with_name("augmentation-reference.json")
    path.write_text(json.dumps(reference, indent=1) + "\n")


if __name__ == "__main__":
    main()
