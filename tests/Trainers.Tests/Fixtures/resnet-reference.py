"""Writes resnet-reference.json: state-dict keys and log-probabilities of PyTorch's residual networks.

Needs torch and torchvision (made with torch 1.13.1, torchvision 0.14.1); the tests need neither. Weights and input come
from a formula of the key and the element's index, which the tests compute too (FormulaValues.cs), so that no weights are
stored. The networks run in double precision: a difference is then the rounding of the network under test alone.

Usage: python3 resnet-reference.py > resnet-reference.json
"""
import json
import math

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional

CLASSES = 10
IMAGES = 2


def formula(key, count):
    """Values in [-1, 1): FNV-1a of the key, advanced by the golden ratio per element, mixed ("lowbias32"), top 24 bits."""
    seed = 2166136261
    for byte in key.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    x = (seed + np.arange(count, dtype=np.uint64) * 0x9E3779B9).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / (1 << 23) - 1


def weight(key, shape):
    """A weight as float32: convolutions and linear layers of variance 1 / fan-in, batch norms off their defaults."""
    v = formula(key, math.prod(shape)).reshape(shape)
    if key.endswith("running_mean") or key.endswith("bias"):
        v = 0.1 * v
    elif key.endswith("running_var"):
        v = 1 + 0.5 * v
    elif len(shape) == 1:
        v = 1 + 0.25 * v
    else:
        v = v * math.sqrt(3 / math.prod(shape[1:]))
    return torch.from_numpy(v.astype(np.float32)).double()


class BasicBlock(nn.Module):
    """Two 3×3 convolutions; where the image narrows, option A: every second pixel, planes // 4 zero channels on each side."""

    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.pad = planes // 4 if stride != 1 or inputs != planes else 0

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.pad:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return functional.relu(y + x)


class CifarResNet(nn.Module):
    """He et al. 2016, section 4.2."""

    def __init__(self, depth, num_classes):
        super().__init__()
        n = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*(BasicBlock(16, 16, 1) for _ in range(n)))
        self.layer2 = nn.Sequential(BasicBlock(16, 32, 2), *(BasicBlock(32, 32, 1) for _ in range(n - 1)))
        self.layer3 = nn.Sequential(BasicBlock(32, 64, 2), *(BasicBlock(64, 64, 1) for _ in range(n - 1)))
        self.fc = nn.Linear(64, num_classes)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


def describe(network, image_size):
    state = network.state_dict()
    network.load_state_dict({k: v if k.endswith("num_batches_tracked") else weight(k, tuple(v.shape)) for k, v in state.items()})
    shape = (IMAGES, 3, image_size, image_size)
    x = torch.from_numpy((2 * formula("input", math.prod(shape))).astype(np.float32).reshape(shape)).double()
    with torch.no_grad():
        scores = functional.log_softmax(network.double().eval()(x), 1)
    return {
        "imageSize": image_size,
        "weights": {k: list(v.shape) for k, v in state.items()},
        "logProbabilities": [[round(s, 7) for s in row] for row in scores.tolist()],
    }


def main():
    networks = {name: (getattr(torchvision.models, name)(num_classes=CLASSES), 64) for name in ("resnet18", "resnet34", "resnet50")}
    networks["resnet20"] = (CifarResNet(20, CLASSES), 32)
    entries = []
    for name, (network, image_size) in networks.items():
        entry = describe(network, image_size)
        weights = ",\n".join(f"      {json.dumps(k)}: {json.dumps(v)}" for k, v in entry["weights"].items())
        rows = ",\n".join(f"      {json.dumps(row)}" for row in entry["logProbabilities"])
        entries.append(
            f'  {json.dumps(name)}: {{\n    "imageSize": {entry["imageSize"]},\n    "weights": {{\n{weights}\n    }},\n'
            f'    "logProbabilities": [\n{rows}\n    ]\n  }}')
    print("{\n" + ",\n".join(entries) + "\n}")


if __name__ == "__main__":
    main()
