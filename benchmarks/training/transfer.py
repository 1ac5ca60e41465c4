"""What transfer learning is worth: few images, a network that knows others, and what each part of the recipe adds.

    /usr/bin/python3 benchmarks/training/transfer.py WEIGHTS TRAIN TEST [--arch resnet20] [--per-class 50] [--work FOLDER]

TRAIN and TEST have one sub-folder per class. The head is drawn anew, so nothing of the classes is known beforehand. No image of TEST is
looked at before the end: the epoch is chosen on a tenth of the training images.
"""

import argparse
import os
import pathlib
import tempfile

import mlvision

parser = argparse.ArgumentParser()
parser.add_argument("weights")
parser.add_argument("train", type=pathlib.Path)
parser.add_argument("test")
parser.add_argument("--arch", default="resnet20")
parser.add_argument("--per-class", type=int, default=50)
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--work", type=pathlib.Path, default=None)
options = parser.parse_args()

mlvision.build()
work = options.work or pathlib.Path(tempfile.mkdtemp())
data = work / "train"
for folder in sorted(path for path in options.train.resolve().iterdir() if path.is_dir()):
    (data / folder.name).mkdir(parents=True, exist_ok=True)
    for image in sorted(folder.iterdir())[: options.per_class]:
        if not (data / folder.name / image.name).exists():
            os.symlink(image, data / folder.name / image.name)

weights = ["--weights", options.weights, "--replace-head"]
recipes = {
    "from scratch": ["--epochs", 60],
    "head only": [*weights, "--fine-tune", "head"],
    "two phases": weights,
    "two phases, batch norm not frozen": [*weights, "--unfreeze-batch-norm"],
}
for name, flags in recipes.items():
    accuracies = []
    for seed in range(1, options.seeds + 1):
        out = work / f"{name.replace(' ', '-')}-{seed}"
        mlvision.train("--data", data, "--arch", options.arch, "--seed", seed, "--out", out, *flags)
        accuracies.append(mlvision.run_json("evaluate", "--model", out / "model.zip", "--data", options.test)["microAccuracy"])
    mean = sum(accuracies) / len(accuracies)
    print(f"{name}: {mean:.4f}, from {min(accuracies):.4f} to {max(accuracies):.4f} over {len(accuracies)} seeds", flush=True)
