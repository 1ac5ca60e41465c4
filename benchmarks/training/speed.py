"""Training speed beside PyTorch's: both take turns; shown are the medians over the rounds, ratios being those within a round.

    /usr/bin/python3 benchmarks/training/speed.py [--batch-size 16] [--steps 12] [--rounds 3] [ARCHITECTURE ...]

Without PyTorch only the loop and the bare step are shown.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

import mlvision

parser = argparse.ArgumentParser()
parser.add_argument("architectures", nargs="*", default=["resnet50", "efficientnet_b0"])
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--steps", type=int, default=12)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()

mlvision.build()
threads = len(os.sched_getaffinity(0))
pytorch = pathlib.Path(__file__).with_name("pytorch.py")
try:
    import torch

    print(f"PyTorch {torch.__version__}, {threads} threads, batches of {options.batch_size}")
except ImportError:
    torch = None

for name in options.architectures:
    ours, bare, theirs, memory = [], [], [], 0
    for _ in range(options.rounds):
        figures = mlvision.run_json("benchmark", "train", "--arch", name, "--batch-size", options.batch_size, "--steps", options.steps)
        ours.append(figures["imagesPerSecond"])
        bare.append(figures["bareImagesPerSecond"])
        memory = max(memory, figures["peakMemoryMB"])
        if torch:
            arguments = [name, options.batch_size, options.steps, threads]
            output = subprocess.run([sys.executable, pytorch, *map(str, arguments)], check=True, stdout=subprocess.PIPE).stdout
            theirs.append(json.loads(output)["imagesPerSecond"])
    loop = statistics.median(ours)
    share = statistics.median(a / b for a, b in zip(ours, bare))
    line = f"{name}: {loop:.1f} images/s, {share:.3f} of the bare step, {memory:.0f} MB"
    if theirs:
        times = statistics.median(a / b for a, b in zip(ours, theirs))
        line += f"; PyTorch {statistics.median(theirs):.1f}: {times:.2f} times as fast"
    print(line, flush=True)
