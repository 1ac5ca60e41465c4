"""Times torchvision's network in PyTorch's default mode: forward, backward, step on one batch of 224 pixels, 1000 classes.

Needs torch and torchvision (Debian: python3-torch, python3-torchvision). Arguments: architecture, batch size, steps, threads.
"""

import json
import sys
import time

import torch
import torchvision

name, batch_size, steps, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
network = getattr(torchvision.models, name)()
network.train()
images, labels = torch.randn(batch_size, 3, 224, 224), torch.randint(0, 1000, (batch_size,))
optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)
for step in range(steps + 2):
    if step == 2:  # the first two are not counted
        start = time.perf_counter()
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(network(images), labels, label_smoothing=0.1)
    loss.backward()
    optimizer.step()
    loss.item()
print(json.dumps({"imagesPerSecond": batch_size * steps / (time.perf_counter() - start)}))
