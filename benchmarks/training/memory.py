"""Peak memory with 2,000 and with 20,000 images, enlarged to 128 pixels: one epoch of resnet20 on each.

    /usr/bin/python3 benchmarks/training/memory.py IMAGES [WORK_FOLDER]

IMAGES has one sub-folder per class, of 2,000 or more images each for ten classes. Links are made, no copies.
"""

import os
import pathlib
import sys
import tempfile

import mlvision

images = pathlib.Path(sys.argv[1]).resolve()
work = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
classes = sorted(folder for folder in images.iterdir() if folder.is_dir())
mlvision.build()
peaks = {}
for count in (2_000, 20_000):
    data = work / f"images-{count}"
    for folder in classes:
        (data / folder.name).mkdir(parents=True, exist_ok=True)
        for image in sorted(folder.iterdir())[: count // len(classes)]:
            link = data / folder.name / image.name
            if not link.exists():
                os.symlink(image, link)
    peaks[count] = mlvision.train(
        "--data", data, "--arch", "resnet20", "--image-size", 128, "--epochs", 1, "--out", work / f"out-{count}")
    print(f"{count} images: {peaks[count]:.0f} MB at the peak", flush=True)
print(f"20,000 take {peaks[20_000] / peaks[2_000]:.3f} of what 2,000 take")
