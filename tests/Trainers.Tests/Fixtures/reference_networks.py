"""The networks of network-reference.py in PyTorch, by name: torchvision's own, and ours where torchvision has none.

Keys: torchvision's for AlexNet to EfficientNet; ours are torchvision's ResNet and GoogLeNet with the squeeze-and-excitation
layers of timm, "se.fc1" and "se.fc2", except SENet-154, whose keys are those of its published weights.
"""
import torch
import torchvision
from torch import nn
from torch.nn.functional import pad, relu
from torchvision.models.googlenet import BasicConv2d, GoogLeNet, Inception, InceptionAux


class SqueezeExcitation(nn.Module):
    """Hu et al. 2018, section 3: a gate per channel, computed from the channels' averages; 1×1 convolutions for linear layers."""

    def __init__(self, channels, reduction=16):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class ZeroPadding(nn.Module):
    """He et al. 2016, option A: every stride-th pixel, the new channels zero, half of them on each side."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride = stride
        self.side = (outputs - inputs) // 2

    def forward(self, x):
        return pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.side, self.side))


def projection(inputs, outputs, stride, kernel=1):
    """He et al. 2016, option B."""
    return nn.Sequential(convolution(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs))


def convolution(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


def shortcut(kind, inputs, outputs, stride, **options):
    return nn.Identity() if stride == 1 and inputs == outputs else kind(inputs, outputs, stride, **options)


class BasicBlock(nn.Module):
    """He et al. 2016, figure 5, left; Hu et al. 2018, figure 3."""

    expansion = 1

    def __init__(self, inputs, planes, stride, *, se=True, shortcut_kind=projection):
        super().__init__()
        self.conv1 = convolution(inputs, planes, 3, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = convolution(planes, planes, 3)
        self.bn2 = nn.BatchNorm2d(planes)
        self.se = SqueezeExcitation(planes) if se else nn.Identity()
        self.downsample = shortcut(shortcut_kind, inputs, planes, stride)

    def forward(self, x):
        y = relu(self.bn1(self.conv1(x)))
        y = self.se(self.bn2(self.conv2(y)))
        return relu(y + self.downsample(x))


class Bottleneck(nn.Module):
    """Hu et al. 2018, table 1: ResNet's bottleneck, or ResNeXt's where there are groups, with a gate."""

    expansion = 4

    def __init__(self, inputs, planes, stride, *, stride_first, groups=1, group_width=64):
        super().__init__()
        width = planes * group_width // 64 * groups
        outputs = planes * self.expansion
        self.conv1 = convolution(inputs, width, 1, stride if stride_first else 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = convolution(width, width, 3, 1 if stride_first else stride, groups)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = convolution(width, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.se = SqueezeExcitation(outputs)
        self.downsample = shortcut(projection, inputs, outputs, stride)

    def forward(self, x):
        y = relu(self.bn1(self.conv1(x)))
        y = relu(self.bn2(self.conv2(y)))
        y = self.se(self.bn3(self.conv3(y)))
        return relu(y + self.downsample(x))


class Senet154Bottleneck(nn.Module):
    """Hu et al. 2018, appendix: ResNeXt's bottleneck 64x4d with half of the first width, projections of 3×3 where it narrows."""

    expansion = 4

    def __init__(self, inputs, planes, stride):
        super().__init__()
        outputs = planes * self.expansion
        self.conv1 = convolution(inputs, planes * 2, 1)
        self.bn1 = nn.BatchNorm2d(planes * 2)
        self.conv2 = convolution(planes * 2, planes * 4, 3, stride, groups=64)
        self.bn2 = nn.BatchNorm2d(planes * 4)
        self.conv3 = convolution(planes * 4, outputs, 1)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.se_module = SqueezeExcitation(outputs)
        self.downsample = shortcut(projection, inputs, outputs, stride, kernel=1 if stride == 1 else 3)

    def forward(self, x):
        y = relu(self.bn1(self.conv1(x)))
        y = relu(self.bn2(self.conv2(y)))
        y = self.se_module(self.bn3(self.conv3(y)))
        return relu(y + self.downsample(x))


def stage(block, inputs, planes, count, stride):
    """`block` is called with inputs, planes and stride."""
    outputs = planes * block.expansion
    return nn.Sequential(block(inputs, planes, stride), *(block(outputs, planes, 1) for _ in range(count - 1)))


def with_options(block, **options):
    """The block's class with its keyword options chosen."""

    class Chosen(block):
        def __init__(self, inputs, planes, stride):
            super().__init__(inputs, planes, stride, **options)

    return Chosen


class CifarResNet(nn.Module):
    """He et al. 2016, section 4.2: depth 6n + 2."""

    def __init__(self, block, depth, classes):
        super().__init__()
        n = (depth - 2) // 6
        self.conv1 = convolution(3, 16, 3)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = stage(block, 16, 16, n, 1)
        self.layer2 = stage(block, 16, 32, n, 2)
        self.layer3 = stage(block, 32, 64, n, 2)
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


def stages(network, block, inputs, counts):
    """Gives the network its layer1 to layer4; returns the channels of the last."""
    for i, count in enumerate(counts):
        setattr(network, f"layer{i + 1}", stage(block, inputs, 64 << i, count, 1 if i == 0 else 2))
        inputs = (64 << i) * block.expansion
    return inputs


class SEResNet(nn.Module):
    """Hu et al. 2018, table 1; the paper's networks pool without padding, timm's with padding as torchvision's ResNet."""

    def __init__(self, block, counts, classes, padded_pool):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1) if padded_pool else nn.MaxPool2d(3, 2, ceil_mode=True)
        self.fc = nn.Linear(stages(self, block, 64, counts), classes)

    def forward(self, x):
        x = self.maxpool(relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class Senet154(nn.Module):
    """Hu et al. 2018, appendix: a stem of three 3×3 convolutions, 64 groups, dropout before the head."""

    def __init__(self, classes):
        super().__init__()
        self.layer0 = nn.Module()
        for i, (inputs, outputs, stride) in enumerate(((3, 64, 2), (64, 64, 1), (64, 128, 1)), start=1):
            setattr(self.layer0, f"conv{i}", convolution(inputs, outputs, 3, stride))
            setattr(self.layer0, f"bn{i}", nn.BatchNorm2d(outputs))
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        outputs = stages(self, Senet154Bottleneck, 128, [3, 8, 36, 3])
        self.dropout = nn.Dropout(0.2)
        self.last_linear = nn.Linear(outputs, classes)

    def forward(self, x):
        x = relu(self.layer0.bn1(self.layer0.conv1(x)))
        x = relu(self.layer0.bn2(self.layer0.conv2(x)))
        x = relu(self.layer0.bn3(self.layer0.conv3(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.pool(x)))))
        return self.last_linear(self.dropout(x.mean((2, 3))))


class Inception5x5(Inception):
    """Szegedy et al. 2015, figure 2b, as printed: torchvision has a 3×3 convolution in the place of the 5×5 one."""

    def __init__(self, inputs, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj, **options):
        super().__init__(inputs, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj, **options)
        self.branch3[1] = BasicConv2d(ch5x5red, ch5x5, kernel_size=5, padding=2)


class SEInception(Inception):
    """Hu et al. 2018, figure 2: the gate on what the module's branches give together."""

    def __init__(self, inputs, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj, **options):
        super().__init__(inputs, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj, **options)
        self.se = SqueezeExcitation(ch1x1 + ch3x3 + ch5x5 + pool_proj)

    def forward(self, x):
        return self.se(super().forward(x))


class NaiveInception(nn.Module):
    """Szegedy et al. 2015, figure 2a: no reductions, and the pooled input goes out whole."""

    def __init__(self, inputs, ch1x1, ch3x3, ch5x5):
        super().__init__()
        self.branch1 = BasicConv2d(inputs, ch1x1, kernel_size=1)
        self.branch2 = BasicConv2d(inputs, ch3x3, kernel_size=3, padding=1)
        self.branch3 = BasicConv2d(inputs, ch5x5, kernel_size=5, padding=2)
        self.branch4 = nn.MaxPool2d(3, stride=1, padding=1)

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


def googlenet(classes, module=Inception, aux_logits=False):
    return GoogLeNet(
        classes, aux_logits=aux_logits, transform_input=False, init_weights=False, blocks=[BasicConv2d, module, InceptionAux])


def naive_googlenet(classes):
    """torchvision's stem, pools and head; the columns #1×1, #3×3 and #5×5 of Szegedy et al. 2015, table 1."""
    network = googlenet(classes)
    width = 192
    for name, *columns in (
            ("3a", 64, 128, 32), ("3b", 128, 192, 96),
            ("4a", 192, 208, 48), ("4b", 160, 224, 64), ("4c", 128, 256, 64), ("4d", 112, 288, 64), ("4e", 256, 320, 128),
            ("5a", 256, 320, 128), ("5b", 384, 384, 128)):
        setattr(network, f"inception{name}", NaiveInception(width, *columns))
        width += sum(columns)
    network.fc = nn.Linear(width, classes)
    return network


def torchvision_network(name):
    make = getattr(torchvision.models, name)
    # Values drawn for 138 million weights would be thrown away; only VGG offers to leave them out.
    options = {"init_weights": False} if name.startswith("vgg") else {}
    return lambda classes: make(num_classes=classes, **options)


def cifar_resnet(**options):
    return lambda classes: CifarResNet(with_options(BasicBlock, **options), 20, classes)


def se_resnet(block, counts, padded_pool, **options):
    return lambda classes: SEResNet(with_options(block, **options), counts, classes, padded_pool)


TORCHVISION = (
    ["alexnet", *(f"vgg{depth}{suffix}" for depth in (11, 13, 16, 19) for suffix in ("", "_bn"))],
    [*(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)), "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d",
     "wide_resnet50_2", "wide_resnet101_2"],
    [f"efficientnet_b{i}" for i in range(8)],
)


def table():
    """Every network: name to a function of the number of classes."""
    alexnet_and_vgg, resnets, efficientnets = ({name: torchvision_network(name) for name in names} for names in TORCHVISION)
    se_resnets = {}
    for suffix, timm in (("", False), ("_timm", True)):
        for depth, block, counts in (
                (18, BasicBlock, [2, 2, 2, 2]), (34, BasicBlock, [3, 4, 6, 3]),
                (50, Bottleneck, [3, 4, 6, 3]), (101, Bottleneck, [3, 4, 23, 3]), (152, Bottleneck, [3, 8, 36, 3])):
            options = {"stride_first": not timm} if block is Bottleneck else {}
            se_resnets[f"seresnet{depth}{suffix}"] = se_resnet(block, counts, timm, **options)
        for depth, counts in ((50, [3, 4, 6, 3]), (101, [3, 4, 23, 3])):
            se_resnets[f"seresnext{depth}_32x4d{suffix}"] = se_resnet(
                Bottleneck, counts, timm, stride_first=False, groups=32, group_width=4)
    return {
        **alexnet_and_vgg,
        "googlenet": googlenet,
        "googlenet_training": lambda classes: googlenet(classes, aux_logits=True),
        "googlenet_5x5": lambda classes: googlenet(classes, Inception5x5),
        "googlenet_naive": naive_googlenet,
        "segooglenet": lambda classes: googlenet(classes, SEInception),
        **resnets,
        "resnet20": cifar_resnet(se=False, shortcut_kind=ZeroPadding),
        "resnet20_projection": cifar_resnet(se=False),
        "seresnet20": cifar_resnet(shortcut_kind=ZeroPadding),
        **efficientnets,
        **se_resnets,
        "senet154": Senet154,
    }


NETWORKS = table()
