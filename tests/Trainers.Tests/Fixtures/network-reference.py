"""Writes network-reference.json: state-dict keys and log-probabilities of PyTorch's networks.

Needs torch and torchvision (made with torch 1.13.1, torchvision 0.14.1); the tests need neither. Weights and input come
from a formula of the key and the element's index, which the tests compute too, so that no weights are stored. The networks
run in double precision: a difference is then the rounding of the network under test alone.

Usage: python3 network-reference.py               writes the file and prints a line of figures per network
       python3 network-reference.py --keys NAME   prints the lines whose digest the file has, for finding what differs

Per network the file has
  imageSize                  width and height of the two images; small, yet such that pools meet borders and uneven windows
  gain                       what the formula's weights have for variance, times fan-in: see GAINS
  keys, keysDigest           number and SHA-256 of the lines "key [a, b, c]" of the state dict in the order of their bytes, each
                             with a line feed; without num_batches_tracked
  parameters                 trainable weights with 1000 classes, 10 for the CIFAR networks; without auxiliary heads
  logProbabilities           [2 images, 10 classes]
  auxiliaryLogProbabilities  [2 heads, 2 images, 10 classes]; googlenet_training only: what its heads make of the inputs that
                             they have in scoring, without dropout
"""
import argparse
import hashlib
import json
import pathlib
import time

import torch
from torch.nn.functional import log_softmax

from formula_values import fill, images
from reference_networks import NETWORKS

CLASSES = 10
IMAGES = 2
CIFAR = ("resnet20", "resnet20_projection", "seresnet20")
AUXILIARY_INPUTS = {"aux1": "inception4a", "aux2": "inception4d"}

# 64 pixels reach VGG's adaptive pool as 2 × 2 and 159 AlexNet's as 4 × 4, which divide its 7 and 6 windows unevenly; 96 make
# GoogLeNet's pools round up; 73 are 37 before the pool of an SE-ResNet, where the two forms give 18 and 19.
IMAGE_SIZES = {"alexnet": 159, "googlenet": 96, "segooglenet": 96, "seresnet50": 73, **dict.fromkeys(CIFAR, 32)}

# At 1 the signal dies in networks without shortcuts, whatever the image, and a fault in the first layers would not be seen; too
# much of it and the output saturates or float32's rounding grows into it. These, found by trying, leave a difference of 0.05 to 2
# between the two images' log-probabilities, and float32 within 2e-5 of double precision.
GAINS = {
    "alexnet": 1.5,
    **{f"vgg{depth}": 1.7 for depth in (11, 13, 16, 19)},
    **{f"vgg{depth}_bn": 1.5 for depth in (11, 13, 16, 19)},
    **dict.fromkeys(("googlenet", "googlenet_training", "googlenet_5x5"), 1.6),
    "segooglenet": 2.3,
    **dict.fromkeys(("resnet101", "resnet152", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet101_2"), 0.7),
    **{f"efficientnet_b{i}": gain for i, gain in enumerate((2.3, 2.04, 2.02, 2.02, 1.92, 1.87, 1.82, 1.71))},
}


def lines(network):
    """The state dict's keys and shapes, in the order of their bytes."""
    state = network.state_dict()
    keys = sorted((k for k in state if not k.endswith("num_batches_tracked")), key=str.encode)
    return [f"{k} {list(state[k].shape)}\n" for k in keys]


def count_parameters(name):
    network = NETWORKS[name](10 if name in CIFAR else 1000)
    return sum(p.numel() for k, p in network.named_parameters() if k.split(".")[0] not in AUXILIARY_INPUTS)


def image_size(name):
    return IMAGE_SIZES.get(name) or IMAGE_SIZES.get(name.split("_")[0], 64)


def rounded(scores):
    return [[round(s, 7) for s in row] for row in scores.tolist()]


def auxiliary_scores(network, x):
    """What the auxiliary heads say; in scoring the network itself does not ask them."""
    inputs = {}
    hooks = [
        getattr(network, module).register_forward_hook(lambda _, __, output, head=head: inputs.update({head: output}))
        for head, module in AUXILIARY_INPUTS.items()]
    network(x)
    for hook in hooks:
        hook.remove()
    return [log_softmax(getattr(network, head)(inputs[head]), 1) for head in AUXILIARY_INPUTS]


def describe(name):
    """The network's entry of the file, and a line about how much it can tell."""
    started = time.perf_counter()
    parameters = count_parameters(name)
    network = NETWORKS[name](CLASSES)
    keys = lines(network)
    gain = GAINS.get(name, 1)
    fill(network, gain)
    x = images(IMAGES, image_size(name))
    with torch.no_grad():
        scores = log_softmax(network(x), 1)
        entry = {
            "imageSize": image_size(name),
            "gain": gain,
            "keys": len(keys),
            "keysDigest": hashlib.sha256("".join(keys).encode()).hexdigest(),
            "parameters": parameters,
            "logProbabilities": rounded(scores),
        }
        if name == "googlenet_training":
            entry["auxiliaryLogProbabilities"] = [rounded(head) for head in auxiliary_scores(network, x)]
        error = (scores - log_softmax(network.float()(x.float()), 1)).abs().max()
    figures = (
        f"{name:24} {parameters:12,} parameters, log-probabilities {scores.min():8.3f} to {scores.max():7.3f}, between the images "
        f"{(scores[0] - scores[1]).abs().max():.0e}, float32 {error:.0e}, {time.perf_counter() - started:4.1f} s")
    return entry, figures


def text(entry):
    """One line per value, but one per row where the value is a table."""
    def table(value, indent):
        if not isinstance(value, list) or not isinstance(value[0], list):
            return json.dumps(value)
        inner = indent + "  "
        return "[\n" + ",\n".join(inner + table(row, inner) for row in value) + f"\n{indent}]"

    return "{\n" + ",\n".join(f"    {json.dumps(k)}: {table(v, '    ')}" for k, v in entry.items()) + "\n  }"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keys", metavar="NAME", choices=NETWORKS)
    name = parser.parse_args().keys
    if name:
        print("".join(lines(NETWORKS[name](CLASSES))), end="")
        return
    entries = []
    for name in NETWORKS:
        entry, figures = describe(name)
        print(figures, flush=True)
        entries.append(f"  {json.dumps(name)}: {text(entry)}")
    pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(entries) + "\n}\n", newline="\n")


if __name__ == "__main__":
    main()
