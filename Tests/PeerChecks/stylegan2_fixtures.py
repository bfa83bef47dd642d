"""Writes StyleGAN2 generators as their implementations keep them, and what PyTorch computes of them.

    python3 Tests/PeerChecks/stylegan2_fixtures.py       (needs torch, safetensors)

Made with PyTorch 2.15.0 for CPU, in double precision. Tests/Fixtures/stylegan2-1.safetensors and -2 have the
names of NVlabs/stylegan2-ada-pytorch (skips and a rectangular constant; residual and clamped), -3 those of
rosinality/stylegan2-pytorch, and `-values` beside each the values and gradients.

The layers are written as those two describe them: a transposed convolution, then the low-pass filter, with
weights scaled and demodulated for the image. Gradients are with respect to effective weights, that is with the
factors of equalised learning rates in them. Arrays are channels-first here and channels-last in the Swift code.
"""

import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

fixtures = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"
FILTER = torch.tensor([1, 3, 3, 1], dtype=torch.float64) / 8
PLANE = torch.outer(FILTER, FILTER)


def wave(shape, seed):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.7548776662 * i * (seed + 1) + 0.31 * seed).reshape(shape)


def lowpass(x, pad):
    """Four times the filter, channel by channel, after padding by `pad` before and behind."""
    channels = x.shape[1]
    kernel = (4 * PLANE).expand(channels, 1, 4, 4)
    return F.conv2d(F.pad(x, (*pad, *pad)), kernel, groups=channels)


def upsampled(x):
    n, c, h, w = x.shape
    grid = torch.zeros(n, c, 2 * h, 2 * w, dtype=x.dtype)
    grid[:, :, ::2, ::2] = x
    return lowpass(grid, (2, 1))


def modulated(x, weight, style, up=False, demodulate=True):
    w = weight * style.reshape(1, -1, 1, 1)
    if demodulate:
        w = w * (w.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    if up:
        return lowpass(F.conv_transpose2d(x, w.transpose(0, 1), stride=2), (1, 1))
    return F.conv2d(x, w, padding=w.shape[-1] // 2)


def clamped(x, limit):
    return x if limit is None else x.clamp(-limit, limit)


class Network:
    def __init__(self, widths, sides, latent, style, mapping, channels, output, clamp=None):
        self.widths, self.sides, self.latent, self.style = widths, sides, latent, style
        self.mapping, self.channels, self.output, self.clamp = mapping, channels, output, clamp
        self.p = {}
        sizes = [latent, *mapping, style]
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            self.dense(f"mapping.layer{i}", a, b, 0.8)
        self.add("mapping.mean", (style,), 0.1)
        self.add("constant", (widths[0], *sides), 1)
        for level, width in enumerate(widths):
            name = f"level{level}"
            if level:
                self.styled(f"{name}.upsampling", widths[level - 1], width, 3, level)
            self.styled(f"{name}.convolution", width, width, 3, level)
            if output == "skip" or level == len(widths) - 1:
                self.styled(f"{name}.image", width, channels, 1, None)
            if output == "residual" and level:
                self.add(f"{name}.bypass.weight", (width, widths[level - 1], 1, 1), 0.4)
        for value in self.p.values():
            value.requires_grad_()

    def add(self, name, shape, scale):
        self.p[name] = scale * wave(shape, len(self.p))

    def dense(self, name, inputs, outputs, scale, bias=0.2):
        self.add(name + ".weight", (outputs, inputs), scale)
        self.add(name + ".bias", (outputs,), bias)

    def styled(self, name, inputs, outputs, kernel, level):
        self.add(name + ".weight", (outputs, inputs, kernel, kernel), 0.3)
        self.add(name + ".bias", (outputs,), 0.2)
        self.dense(name + ".style", self.style, inputs, 0.3)
        self.p[name + ".style.bias"] += 1
        if level is not None:
            self.add(name + ".strength", (), 0)
            self.p[name + ".strength"] += 0.1 + 0.02 * level
            self.add(name + ".noise", tuple(side << level for side in self.sides), 1)

    def w(self, z):
        x = z * (z.square().mean() + 1e-8).rsqrt()
        for i in range(len(self.mapping) + 1):
            x = math.sqrt(2) * F.leaky_relu(
                self.p[f"mapping.layer{i}.weight"] @ x + self.p[f"mapping.layer{i}.bias"], 0.2)
        return x

    def layer(self, name, x, w, noise, up=False, gain=1.0):
        style = self.p[name + ".style.weight"] @ w + self.p[name + ".style.bias"]
        x = modulated(x, self.p[name + ".weight"], style, up) + self.p[name + ".strength"] * noise
        x = math.sqrt(2) * gain * F.leaky_relu(x + self.p[name + ".bias"].reshape(1, -1, 1, 1), 0.2)
        return clamped(x, None if self.clamp is None else gain * self.clamp)

    def draw(self, styles, noises, first=0, x=None, image=None):
        """The image, and the features and image of each level."""
        x = self.p["constant"][None] if first == 0 else x
        steps = []
        for level in range(first, len(self.widths)):
            name, residual = f"level{level}", self.output == "residual" and level > 0
            before = x
            if level:
                x = self.layer(name + ".upsampling", x, styles[2 * level - 1], noises[2 * level - 1], up=True)
            x = self.layer(name + ".convolution", x, styles[2 * level], noises[2 * level],
                           gain=math.sqrt(0.5) if residual else 1.0)
            if residual:
                x = x + math.sqrt(0.5) * upsampled(F.conv2d(before, self.p[name + ".bypass.weight"]))
            image = None if image is None else upsampled(image)
            if name + ".image.weight" in self.p:
                w = styles[2 * level + 1]
                style = self.p[name + ".image.style.weight"] @ w + self.p[name + ".image.style.bias"]
                added = modulated(x, self.p[name + ".image.weight"], style, demodulate=False)
                added = clamped(added + self.p[name + ".image.bias"].reshape(1, -1, 1, 1), self.clamp)
                image = added if image is None else image + added
            steps.append((x, image))
        return image, steps


def values(net):
    result = {}
    z = wave((net.latent,), 90).requires_grad_()
    w = net.w(z)
    (w * wave(w.shape, 91)).sum().backward()
    result |= {"z": z.detach(), "w": w.detach(), "z.gradient": z.grad}
    mapping = {name: p.grad.clone() for name, p in net.p.items() if name.startswith("mapping.layer")}
    result |= {name + ".gradient": g for name, g in mapping.items()}
    for p in net.p.values():
        p.grad = None

    levels = len(net.widths)
    styles = [(0.7 * wave((net.style,), 60 + i)).requires_grad_() for i in range(2 * levels)]
    noises = [wave(tuple(side << ((i + 1) // 2) for side in net.sides), 40 + i).requires_grad_()
              for i in range(2 * levels - 1)]
    image, steps = net.draw(styles, noises)
    (image * wave(image.shape, 92)).sum().backward()
    for i, (x, _) in enumerate(steps):
        result[f"level{i}.features"] = x[0].permute(1, 2, 0)
    result["image"] = image[0].permute(1, 2, 0)
    result["image.gradient"] = wave(image.shape, 92)[0].permute(1, 2, 0)
    for i, value in enumerate(styles):
        result |= {f"style{i}": value, f"style{i}.gradient": value.grad}
    for i, value in enumerate(noises):
        result |= {f"noise{i}": value, f"noise{i}.gradient": value.grad}
    result |= {name + ".gradient": p.grad.clone() for name, p in net.p.items() if p.grad is not None}
    result["constant.gradient"] = net.p["constant"].grad.clone()

    features = wave(steps[0][0].shape, 93).requires_grad_()
    coarse = None if net.output != "skip" else wave(steps[0][1].shape, 94).requires_grad_()
    image, _ = net.draw([s.detach() for s in styles], [n.detach() for n in noises], 1, features, coarse)
    (image * wave(image.shape, 92)).sum().backward()
    result |= {"cut.features": features[0].permute(1, 2, 0), "cut.features.gradient": features.grad[0].permute(1, 2, 0),
               "cut.output": image[0].permute(1, 2, 0)}
    if coarse is not None:
        result |= {"cut.image": coarse[0].permute(1, 2, 0), "cut.image.gradient": coarse.grad[0].permute(1, 2, 0)}
    return result


def nvlabs(net):
    """The state as NVlabs/stylegan2-ada-pytorch:training/networks.py names and scales it."""
    state = {"mapping.w_avg": net.p["mapping.mean"]}
    for i in range(len(net.mapping) + 1):
        weight, bias = net.p[f"mapping.layer{i}.weight"], net.p[f"mapping.layer{i}.bias"]
        state |= {f"mapping.fc{i}.weight": weight / (0.01 / math.sqrt(weight.shape[1])), f"mapping.fc{i}.bias": bias / 0.01}
    for level in range(len(net.widths)):
        block = f"synthesis.b{4 << level}"
        state[block + ".resample_filter"] = PLANE
        if level == 0:
            state[block + ".const"] = net.p["constant"]
        for ours, theirs in [("upsampling", "conv0"), ("convolution", "conv1"), ("image", "torgb")]:
            ours, theirs = f"level{level}.{ours}", f"{block}.{theirs}"
            if ours + ".weight" not in net.p:
                continue
            weight, affine = net.p[ours + ".weight"], net.p[ours + ".style.weight"]
            is_image = theirs.endswith("torgb")
            state |= {
                theirs + ".weight": weight * math.sqrt(weight.shape[1]) if is_image else weight,
                theirs + ".bias": net.p[ours + ".bias"],
                theirs + ".affine.weight": affine * math.sqrt(affine.shape[1]),
                theirs + ".affine.bias": net.p[ours + ".style.bias"],
            }
            if not is_image:
                state |= {theirs + ".noise_strength": net.p[ours + ".strength"],
                          theirs + ".noise_const": net.p[ours + ".noise"], theirs + ".resample_filter": PLANE}
        if f"level{level}.bypass.weight" in net.p:
            weight = net.p[f"level{level}.bypass.weight"]
            state |= {block + ".skip.weight": weight * math.sqrt(weight.shape[1]), block + ".skip.resample_filter": PLANE}
    return state


def rosinality(net):
    """The state as rosinality/stylegan2-pytorch:model.py names and scales it, with `latent_avg`."""
    state = {"latent_avg": net.p["mapping.mean"], "input.input": net.p["constant"][None]}
    for i in range(len(net.mapping) + 1):
        weight, bias = net.p[f"mapping.layer{i}.weight"], net.p[f"mapping.layer{i}.bias"]
        state |= {f"style.{i + 1}.weight": weight / (0.01 / math.sqrt(weight.shape[1])), f"style.{i + 1}.bias": bias / 0.01}
    for level in range(len(net.widths)):
        names = {"convolution": "conv1" if level == 0 else f"convs.{2 * level - 1}",
                 "image": "to_rgb1" if level == 0 else f"to_rgbs.{level - 1}"}
        if level:
            names["upsampling"] = f"convs.{2 * level - 2}"
        for ours, theirs in names.items():
            is_image = ours == "image"
            ours = f"level{level}.{ours}"
            weight, affine = net.p[ours + ".weight"], net.p[ours + ".style.weight"]
            bias = net.p[ours + ".bias"]
            state |= {
                theirs + ".conv.weight": (weight * math.sqrt(weight[0].numel()))[None],
                theirs + ".conv.modulation.weight": affine * math.sqrt(affine.shape[1]),
                theirs + ".conv.modulation.bias": net.p[ours + ".style.bias"],
                theirs + (".bias" if is_image else ".activate.bias"): bias.reshape(1, -1, 1, 1) if is_image else bias,
            }
            if not is_image:
                index = 2 * level - (1 if ours.endswith("upsampling") else 0)
                state |= {theirs + ".noise.weight": net.p[ours + ".strength"][None],
                          f"noises.noise_{index}": net.p[ours + ".noise"][None, None]}
        if level:
            state |= {f"convs.{2 * level - 2}.conv.blur.kernel": 4 * PLANE, f"to_rgbs.{level - 1}.upsample.kernel": 4 * PLANE}
    return state


def single(tensors):
    return {name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}


def main():
    nets = [
        (Network([12, 10, 6], (4, 6), 7, 9, [11, 8], 1, "skip"), nvlabs, {}, "G_ema."),
        (Network([9, 7, 16], (4, 4), 8, 8, [8], 2, "residual", clamp=1.5), nvlabs, {"conv_clamp": "1.5"}, ""),
        (Network([16, 8], (4, 4), 10, 10, [10, 10], 3, "skip"), rosinality, {}, ""),
    ]
    for number, (net, export, metadata, prefix) in enumerate(nets, 1):
        state = {prefix + name: tensor for name, tensor in single(export(net)).items()}
        save_file(state, fixtures / f"stylegan2-{number}.safetensors", metadata=metadata or None)
        save_file(single(values(net)), fixtures / f"stylegan2-{number}-values.safetensors",
                  metadata={"program": f"PyTorch {torch.__version__}"})


main()
