"""Writes the weights files in checkpoints/: small ones of every kind that is read, and some that must be refused.

Needs torch and numpy (made with torch 1.13.1); the tests need neither. The values are quarters, which every floating-point
type holds exactly. The older format names its storages by their address in memory, so that those files differ from run to run.

Usage: python3 checkpoints.py checkpoints
"""
import argparse
import json
import os
import pathlib
import pickle
import struct
import sys
import zipfile
from collections import Counter, OrderedDict

import numpy
import torch
from torch import nn


def quarters(*shape, dtype=torch.float32):
    """-1, -0.75, -0.5, …"""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) / 4 - 1).reshape(shape).to(dtype)


def types():
    return OrderedDict(
        float32=quarters(2, 3),
        float64=quarters(2, 3, dtype=torch.float64),
        float16=quarters(2, 3, dtype=torch.float16),
        bfloat16=quarters(2, 3, dtype=torch.bfloat16),
        int64=torch.tensor(7),
        uint8=torch.tensor([1, 2], dtype=torch.uint8),
        mask=torch.tensor([True, False]),
        scalar=torch.tensor(0.5),
        empty=torch.zeros(0, 3),
        parameter=nn.Parameter(quarters(2)),
    )


def views():
    """Views of one storage of 24 elements, and one of another type beside it."""
    base = quarters(2, 3, 4)
    return OrderedDict(
        base=base,
        transposed=base.permute(2, 0, 1),
        narrow=base[1, 1:, 1:3],
        every_second=base[:, :, ::2],
        expanded=base[0, 0, :2].reshape(2, 1).expand(2, 5),
        half_transposed=quarters(2, 3, dtype=torch.float16).t(),
    )


def training():
    """What a training script saves: the state of a module in DataParallel, beside what it needs to go on."""
    network = nn.Sequential(OrderedDict(fc=nn.Linear(2, 1), bn=nn.BatchNorm1d(1)))
    with torch.no_grad():
        network.fc.weight.copy_(quarters(1, 2))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    network(torch.ones(2, 2)).square().sum().backward()
    with torch.no_grad():
        network.fc.weight.grad.zero_()
    state = nn.DataParallel(network).state_dict()
    return {"epoch": 3, "best_prec1": 91.75, "arch": "tiny", "history": [1, 2.5, None, (True, False)],
            "optimizer": optimizer.state_dict(), "state_dict": state}


class Calls:
    """Asks for a call when it is unpickled."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)


def evil():
    return {
        "system": Calls(os.system, "echo ran"),
        "eval": Calls(eval, "1 + 1"),
        "nested": {"state_dict": OrderedDict(weight=torch.ones(1), bias=Calls(os.system, Calls(eval, "'echo ran'")))},
        "namespace": {"state_dict": OrderedDict(weight=torch.ones(1)), "args": argparse.Namespace(lr=0.1)},
        "numpy": {"state_dict": OrderedDict(weight=torch.ones(1)), "best": numpy.float64(0.5)},
        "module": nn.Linear(1, 1),
        "own-module": Net(),
    }


def company():
    """What training scripts save beside their tensors, and only Python can make."""
    return {"args": argparse.Namespace(lr=0.1), "device": torch.device("cpu"), "seen": Counter([30, 60]), "classes": {"a", "b"},
            "types": [torch.uint8, torch.bool], "best": numpy.float64(0.5), "mean": numpy.zeros(2), "path": pathlib.PurePosixPath("a"),
            "complex": torch.ones(2, dtype=torch.complex64), "quantized": torch.quantize_per_tensor(torch.ones(1), 0.1, 0, torch.quint8), "big": 10 ** 700,
            "state_dict": OrderedDict(weight=torch.ones(1))}


def rezip(source, target, compression=zipfile.ZIP_STORED, **extra):
    """Copies an archive entry by entry, with further entries."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for entry in old.namelist():
            new.writestr(zipfile.ZipInfo(entry), old.read(entry), compression)
        for name, content in extra.items():
            new.writestr(zipfile.ZipInfo(f"{old.namelist()[0].split('/')[0]}/{name}"), content)


def zip64(source, target):
    """An archive whose every number stands in a Zip64 field."""
    limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = -1, 0
    rezip(source, target)
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits


def old_python(path):
    """As Python 2 and PyTorch 0.2 wrote them: byte strings, a dictionary as the list of its pairs, a view of a storage."""
    def text(value):
        return b"U" + bytes([len(value)]) + value

    def tensor(view, offset, size):
        storage = b"(" + text(b"storage") + b"ctorch\nFloatStorage\n" + text(b"11") + text(b"cpu") + b"K\x06" + view + b"tQ"
        return b"ctorch._utils\n_rebuild_tensor\n(" + storage + b"K" + bytes([offset]) + b"K" + bytes([size]) + b"\x85K\x01\x85tR"

    view = b"(" + text(b"12") + b"K\x02K\x03t"  # elements 2 to 4
    pairs = b"](](" + text(b"whole") + tensor(b"N", 0, 6) + b"e](" + text(b"part") + tensor(view, 1, 2) + b"ee"
    with open(path, "wb") as file:
        for value in (0x1950a86a20f9469cfc6c, 1001, {"little_endian": True}):
            file.write(pickle.dumps(value, 2))
        file.write(b"\x80\x02ccollections\nOrderedDict\n(" + pairs + b"tR.")
        file.write(b"\x80\x02](" + text(b"11") + b"e.")
        file.write(struct.pack("<q6f", 6, *quarters(6).tolist()))


def safetensors(path):
    names = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
             torch.uint8: "U8", torch.bool: "BOOL"}
    header, data = {"__metadata__": {"architecture": "tiny"}}, b""
    for name, tensor in types().items():
        raw = tensor.detach().contiguous().view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor.detach()
        content = raw.numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(1)
    # The older format stores a module's source and where it lies on this machine; it does without where that is not found.
    torch.serialization.get_source_lines_and_file = None

    def save(name, value, **options):
        torch.save(value, os.path.join(folder, name + ".pth"), **options)

    for name, value in {"types": types(), "views": views(), "training": training()}.items():
        save(name, value)
        save(name + "-legacy", value, _use_new_zipfile_serialization=False)
    for protocol in (3, 4, 5):
        save(f"types-protocol{protocol}", types(), pickle_protocol=protocol)
    save("types-legacy-protocol4", types(), pickle_protocol=4, _use_new_zipfile_serialization=False)
    for name, value in evil().items():
        save("evil-" + name, value)
    save("company", company())
    save("company-protocol5", company(), pickle_protocol=5)
    save("company-legacy", company(), _use_new_zipfile_serialization=False)
    save("module-in-dictionary", {"epoch": 1, "ema": nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1), nn.ReLU())})
    save("evil-system-protocol4", evil()["system"], pickle_protocol=4)
    save("evil-own-module-legacy", evil()["own-module"], _use_new_zipfile_serialization=False)

    source = os.path.join(folder, "types.pth")
    rezip(source, os.path.join(folder, "compressed.pth"), zipfile.ZIP_DEFLATED)
    rezip(source, os.path.join(folder, "little-endian.pth"), byteorder="little")
    rezip(source, os.path.join(folder, "big-endian.pth"), byteorder="big")
    zip64(source, os.path.join(folder, "zip64.pth"))
    old_python(os.path.join(folder, "old-python.pth"))
    safetensors(os.path.join(folder, "types.safetensors"))


if __name__ == "__main__":
    main(sys.argv[1])
