"""Loads a safetensors file into PyTorch's network, strictly: for trying by hand whether the weights we write are PyTorch's.

Needs torch and torchvision, but no package for safetensors: the file is a length, a JSON header and the values.

Usage: python3 load-weights.py ARCHITECTURE CLASSES FILE [--image-size PIXELS]

ARCHITECTURE is a name of reference_networks.py; a googlenet file that has the auxiliary heads' weights is loaded with them.
Keys that are missing or too many and shapes that differ end it with PyTorch's message. A file without num_batches_tracked is
complete: PyTorch's batch norm takes a state dict without version for one from before it had that count, and starts at 0.
With --image-size it also prints the log-probabilities, in double precision, of the formula's two images of that size.
"""
import argparse
import json
import struct

import numpy as np
import torch
from torch.nn.functional import log_softmax

from formula_values import images
from reference_networks import NETWORKS

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}


def read(path):
    """The file's tensors by key."""
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {key: tensor(data, **entry) for key, entry in header.items()}


def tensor(data, dtype, shape, data_offsets):
    start, stop = data_offsets
    if dtype == "BF16":    # the upper half of a float32
        values = (np.frombuffer(data[start:stop], "<u2").astype("<u4") << 16).view("<f4")
    else:
        values = np.frombuffer(data[start:stop], TYPES[dtype])
    return torch.from_numpy(values.reshape(shape).copy())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture", choices=NETWORKS, metavar="ARCHITECTURE")
    parser.add_argument("classes", type=int, metavar="CLASSES")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--image-size", type=int, metavar="PIXELS")
    arguments = parser.parse_args()

    state = read(arguments.file)
    name = arguments.architecture
    if name == "googlenet" and any(key.startswith("aux1.") for key in state):
        name = "googlenet_training"
    network = NETWORKS[name](arguments.classes)
    network.load_state_dict(state, strict=True)
    print(f"ok: {name}, {len(state)} tensors")

    if arguments.image_size:
        with torch.no_grad():
            scores = log_softmax(network.double().eval()(images(2, arguments.image_size)), 1)
        for row in scores.tolist():
            print(json.dumps([round(s, 7) for s in row]))


if __name__ == "__main__":
    main()
