"""What features that are found once are worth: an epoch of the last layer on them, beside one that runs the network for every image.

    /usr/bin/python3 benchmarks/training/cached_head.py IMAGES [--arch resnet50] [--work FOLDER]

IMAGES has one sub-folder per class. The weights are of a single epoch on small copies of the images: speed does not depend on them. An
epoch without cached features would at least find them, so finding them, which the log tells the speed of, is what is compared with.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile

import mlvision

parser = argparse.ArgumentParser()
parser.add_argument("images", type=pathlib.Path)
parser.add_argument("--arch", default="resnet50")
parser.add_argument("--work", type=pathlib.Path, default=None)
options = parser.parse_args()

mlvision.build()
work = options.work or pathlib.Path(tempfile.mkdtemp())
train = ["dotnet", mlvision.TOOL, "train", "--data", options.images, "--arch", options.arch]
weights = work / "weights/weights.safetensors"
if not weights.exists():
    subprocess.run([*train, "--epochs", "1", "--image-size", "64", "--out", weights.parent], check=True)
head = [*train, "--weights", weights, "--fine-tune", "head", "--image-size", "224", "--epochs", "20", "--overwrite", "--out", work / "head"]
log = subprocess.run(head, check=True, stderr=subprocess.PIPE, text=True).stderr
images, speed = re.search(r"Features of (\d+) images, 1 views each, ([\d.]+) images/s", log).groups()
epochs = json.loads((work / "head/metrics.json").read_text())["epochs"]
uncached = int(images) / float(speed)
cached = sorted(epoch["seconds"] for epoch in epochs)[len(epochs) // 2]
print(f"{images} images: {uncached:.2f} s to run the network, {1000 * cached:.1f} ms for an epoch on its features: {uncached / cached:.0f} times faster")
