"""A StyleGAN2 generator of grey images by the names of rosinality/stylegan2-pytorch, and an encoder to train it.

The state of `Generator` is what `mri-ilo weights import` takes as rosinality's, once `mapping_lr_multiplier` is
in the file's metadata. Modulation scales what a convolution reads and demodulation what it gives, which is the
same as scaling its weights and needs no convolution per image.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

LINE = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
BLUR = 4 * torch.outer(LINE, LINE)
ROOT = math.sqrt(2)


def blurred(x, kernel, pad):
    kernel = kernel.expand(x.shape[1], 1, 4, 4)
    return F.conv2d(F.pad(x, (*pad, *pad)), kernel, groups=x.shape[1])


class Dense(nn.Module):
    """A dense layer of equalised learning rate."""

    def __init__(self, inputs, outputs, bias=0.0, multiplier=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / multiplier)
        self.bias = nn.Parameter(torch.full((outputs,), bias / multiplier))
        self.multiplier = multiplier

    def forward(self, x):
        factor = self.multiplier / math.sqrt(self.weight.shape[1])
        return F.linear(x, self.weight * factor, self.bias * self.multiplier)


class Buffer(nn.Module):
    def __init__(self, name, value):
        super().__init__()
        self.register_buffer(name, value)


class Weight(nn.Module):
    def __init__(self, value, name="weight"):
        super().__init__()
        setattr(self, name, nn.Parameter(value))


class ModulatedConvolution(nn.Module):
    def __init__(self, inputs, outputs, kernel, style, up=False, demodulate=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, kernel, kernel))
        self.modulation = Dense(style, inputs, bias=1.0)
        self.up, self.demodulate = up, demodulate
        if up:
            self.blur = Buffer("kernel", BLUR.clone())

    def forward(self, x, w):
        style = self.modulation(w)
        weight = self.weight[0] / math.sqrt(self.weight[0, 0].numel())
        x = x * style[:, :, None, None]
        if self.up:
            x = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
            x = blurred(x, self.blur.kernel, (1, 1))
        else:
            x = F.conv2d(x, weight, padding=weight.shape[-1] // 2)
        if self.demodulate:
            norm = style.square() @ weight.square().sum((2, 3)).T
            x = x * (norm + 1e-8).rsqrt()[:, :, None, None]
        return x


class StyledConvolution(nn.Module):
    def __init__(self, inputs, outputs, style, up=False):
        super().__init__()
        self.conv = ModulatedConvolution(inputs, outputs, 3, style, up)
        self.noise = Weight(torch.zeros(1))
        self.activate = Weight(torch.zeros(outputs), "bias")

    def forward(self, x, w, noise):
        x = self.conv(x, w)
        if noise is not None:
            x = x + self.noise.weight * noise
        return ROOT * F.leaky_relu(x + self.activate.bias[:, None, None], 0.2)


class ToImage(nn.Module):
    def __init__(self, inputs, style, up):
        super().__init__()
        self.conv = ModulatedConvolution(inputs, 1, 1, style, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 1, 1, 1))
        if up:
            self.upsample = Buffer("kernel", BLUR.clone())
            # Levels that join a generator in training hardly change its image.
            self.conv.weight.data.mul_(0.1)

    def forward(self, x, w, skip):
        image = self.conv(x, w) + self.bias
        if skip is None:
            return image
        grid = torch.zeros(*skip.shape[:2], 2 * skip.shape[2], 2 * skip.shape[3])
        grid[:, :, ::2, ::2] = skip
        return image + blurred(grid, self.upsample.kernel, (2, 1))


class Generator(nn.Module):
    """Images of `4 << (len(widths) - 1)` pixels a side; black is −1, white 1."""

    def __init__(self, widths, latent=256, layers=4, multiplier=1.0):
        super().__init__()
        self.widths, self.latent = widths, latent
        mapping = [nn.Identity()]
        mapping += [Dense(latent, latent, multiplier=multiplier) for _ in range(layers)]
        self.style = nn.ModuleList(mapping)
        self.input = Weight(torch.randn(1, widths[0], 4, 4), "input")
        self.conv1 = StyledConvolution(widths[0], widths[0], latent)
        self.to_rgb1 = ToImage(widths[0], latent, up=False)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for before, width in zip(widths, widths[1:]):
            self.convs.append(StyledConvolution(before, width, latent, up=True))
            self.convs.append(StyledConvolution(width, width, latent))
            self.to_rgbs.append(ToImage(width, latent, up=True))

    def mapped(self, z):
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.style[1:]:
            x = ROOT * F.leaky_relu(layer(x), 0.2)
        return x

    def sides(self):
        """The side of each convolution's noise."""
        return [4 << ((i + 1) // 2) for i in range(2 * len(self.widths) - 1)]

    def forward(self, w, noises, side=None):
        """The image of the levels up to `side` pixels; a noise is [batch, 1, side, side], or None for zeros."""
        x = self.input.input.expand(len(w), -1, -1, -1)
        x = self.conv1(x, w, noises[0])
        image = self.to_rgb1(x, w, None)
        for level in range(1, len(self.widths)):
            if side is not None and 4 << level > side:
                break
            x = self.convs[2 * level - 2](x, w, noises[2 * level - 1])
            x = self.convs[2 * level - 1](x, w, noises[2 * level])
            image = self.to_rgbs[level - 1](x, w, image)
        return image


class Encoder(nn.Module):
    """Mean and log scale of the posterior of z, and of the noises up to `finest` pixels a side.

    It reads images of 256 × 256, folded four by four into channels.
    """

    def __init__(self, latent=256, widths=(32, 64, 96, 128, 128), finest=64):
        super().__init__()
        self.entry = nn.Conv2d(16, widths[0], 3, padding=1)
        self.downs, self.blocks, self.heads = nn.ModuleList(), nn.ModuleList(), nn.ModuleDict()
        for i, width in enumerate(widths):
            side = 64 >> i
            if i:
                self.downs.append(nn.Conv2d(widths[i - 1], width, 4, stride=2, padding=1))
            self.blocks.append(nn.Sequential(
                nn.LeakyReLU(0.2), nn.Conv2d(width, width, 3, padding=1),
                nn.LeakyReLU(0.2), nn.Conv2d(width, width, 3, padding=1)))
            if side <= finest:
                maps = 1 if side == 4 else 2
                head = nn.Conv2d(width, 2 * maps, 1)
                nn.init.zeros_(head.bias)
                head.weight.data.mul_(0.1)
                self.heads[str(side)] = head
        self.dense = nn.Linear(16 * widths[-1], 2 * latent)

    def forward(self, images):
        """(mean, log scale) of z and of each noise, coarse to fine."""
        x = self.entry(F.pixel_unshuffle(images, 4))
        noises = []
        for i, block in enumerate(self.blocks):
            if i:
                x = self.downs[i - 1](F.leaky_relu(x, 0.2))
            x = x + block(x)
            side = str(64 >> i)
            if side in self.heads:
                maps = self.heads[side](F.leaky_relu(x, 0.2)).split(1, 1)
                half = len(maps) // 2
                noises = [(m, s.clamp(-5, 2) - 1) for m, s in zip(maps[:half], maps[half:])] + noises
        mean, scale = self.dense(F.leaky_relu(x, 0.2).flatten(1)).chunk(2, 1)
        return (mean, scale.clamp(-6, 2) - 1), noises


def divergence(mean, scale):
    """KL(N(mean, exp(scale)²) ‖ N(0, 1)), summed over all but the batch."""
    each = 0.5 * (mean.square() + torch.exp(2 * scale) - 1) - scale
    return each.flatten(1).sum(1)
