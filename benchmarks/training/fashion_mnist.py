"""Fashion-MNIST in full: resnet20, ten epochs on the 60,000 training images, tested on the 10,000 test images.

    /usr/bin/python3 benchmarks/training/fashion_mnist.py WORK_FOLDER

Reads the four files of Debian's package dataset-fashion-mnist and writes them as folders of images first. Needs Pillow. A tenth of the
training images is held out to choose the epoch by; the test images are looked at once, at the end.
"""

import gzip
import json
import pathlib
import sys

import PIL.Image

import mlvision

SOURCE = pathlib.Path("/usr/share/datasets/fashion-mnist") if len(sys.argv) < 3 else pathlib.Path(sys.argv[2])
CLASSES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"]


def unpack(folder, prefix):
    with gzip.open(next(SOURCE.glob(f"{prefix}-images*"))) as file:
        images = file.read()[16:]
    with gzip.open(next(SOURCE.glob(f"{prefix}-labels*"))) as file:
        labels = file.read()[8:]
    for name in CLASSES:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for i, label in enumerate(labels):
        image = PIL.Image.frombytes("L", (28, 28), images[i * 784 : (i + 1) * 784])
        image.save(folder / CLASSES[label] / f"{i:05}.png")


work = pathlib.Path(sys.argv[1])
for part, prefix in (("train", "train"), ("test", "t10k")):
    if not (work / part).exists():
        unpack(work / part, prefix)
mlvision.build()
mlvision.train("--data", work / "train", "--arch", "resnet20", "--epochs", 10, "--batch-size", 128, "--out", work / "out", *sys.argv[3:])
epochs = json.loads((work / "out/metrics.json").read_text())["epochs"]
result = mlvision.run_json("evaluate", "--model", work / "out/model.zip", "--data", work / "test")
print(f"test accuracy {result['microAccuracy']:.4f}; {sum(e['seconds'] for e in epochs) / len(epochs):.1f} s per epoch")
