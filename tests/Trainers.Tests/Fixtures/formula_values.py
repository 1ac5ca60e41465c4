"""Weights and images that any program can compute; the same formula stands in FormulaValues.cs, and they agree to the bit."""
import math

import numpy as np
import torch

CHUNK = 1 << 22    # elements at a time, so that VGG's 102 million weights of one layer need no gigabytes of intermediates


def formula(key, start, stop):
    """Values in [-1, 1): FNV-1a of the key, advanced by the golden ratio per element, mixed ("lowbias32"), top 24 bits."""
    seed = 2166136261
    for byte in key.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    x = (seed + np.arange(start, stop, dtype=np.uint64) * 0x9E3779B9).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / (1 << 23) - 1


def values(key, shape, offset, factor):
    """offset + factor · formula as float32."""
    count = math.prod(shape)
    result = np.empty(count, np.float32)
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        result[start:stop] = offset + factor * formula(key, start, stop)
    return torch.from_numpy(result.reshape(shape))


def weight(key, shape, gain=1):
    """A weight: convolutions and linear layers of variance gain / fan-in, batch norms off their defaults."""
    if key.endswith("running_mean") or key.endswith("bias"):
        return values(key, shape, 0, 0.1)
    if key.endswith("running_var"):
        return values(key, shape, 1, 0.5)
    if len(shape) == 1:
        return values(key, shape, 1, 0.25)
    return values(key, shape, 0, math.sqrt(3 * gain / math.prod(shape[1:])))


def fill(network, gain=1):
    """Gives the network the formula's weights in double precision and sets it to scoring."""
    network.double().eval()
    with torch.no_grad():
        for key, value in network.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                value.copy_(weight(key, tuple(value.shape), gain))
    return network


def images(count, size):
    """Normalised images [count, 3, size, size], values in [-2, 2), double precision."""
    return values("input", (count, 3, size, size), 0, 2).double()
