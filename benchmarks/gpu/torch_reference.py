"""PyTorch's own speed for check.sh to compare with: torchvision's network, images in the device's memory, medians of single steps.

    python3 torch_reference.py train|score ARCHITECTURE BATCH STEPS [--device cuda:0] [--precision bf16|default|strict]

Prints JSON: images a second, and the peak of the device's memory in 10⁶ bytes. Convolutions take their algorithms from cuDNN's search, and
their images with the channels last, except with --precision default, which is PyTorch as it comes.
"""

import argparse
import json
import statistics
import time

import torch
import torchvision

UNCOUNTED = 8  # in which cuDNN searches and memory is taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["train", "score"])
    parser.add_argument("architecture")
    parser.add_argument("batch", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--precision", choices=["bf16", "default", "strict"], default="bf16")
    options = parser.parse_args()

    is_plain = options.precision == "default"
    torch.backends.cudnn.benchmark = not is_plain
    if options.precision == "strict":
        torch.backends.cudnn.allow_tf32 = False
    device = torch.device(options.device)
    network = getattr(torchvision.models, options.architecture)().to(device)
    images = torch.rand(options.batch, 3, 224, 224, device=device)
    if not is_plain:
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=options.precision == "bf16")
    step = training(network, images, autocast) if options.what == "train" else scoring(network, images, autocast)

    seconds = [timed(step, device) for _ in range(UNCOUNTED + options.steps)][UNCOUNTED:]
    print(json.dumps({
        "imagesPerSecond": round(options.batch / statistics.median(seconds), 1),
        "peakMemoryMB": round(torch.cuda.max_memory_allocated(device) / 1e6) if device.type == "cuda" else 0,
    }, indent=2))


def training(network, images, autocast):
    """Forward, backward and step, as `mlvision benchmark train` does them."""
    network.train()
    labels = torch.arange(len(images), device=images.device) % 1000
    optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with autocast:
            loss = torch.nn.functional.cross_entropy(network(images), labels, label_smoothing=0.1)
        loss.backward()
        optimizer.step()

    return step


def scoring(network, images, autocast):
    """Images in the device's memory to scores in that of the host."""
    network.eval()

    def step():
        with torch.inference_mode(), autocast:
            network(images).float().softmax(1).cpu()

    return step


def timed(step, device):
    """Seconds of a step, all that it has started included."""
    synchronize(device)
    start = time.perf_counter()
    step()
    synchronize(device)
    return time.perf_counter() - start


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


main()
