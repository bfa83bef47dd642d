"""The ladder network of mri-ilo in PyTorch, with the weights of its files."""

import json

import numpy as np
import torch
import torch.nn.functional as F

SLOPE = 0.2


def read_weights(path):
    """A safetensors file: (architecture, {name: array}), without a package of its own."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = file.read()
    metadata = header.pop("__metadata__")
    types = {"F16": np.float16, "F32": np.float32}
    tensors = {}
    for name, entry in header.items():
        low, high = entry["data_offsets"]
        values = np.frombuffer(body[low:high], types[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).astype(np.float32)
    return json.loads(metadata["architecture"]), tensors


def act(x):
    return F.leaky_relu(x, SLOPE)


class Ladder:
    """Plain functions over a dictionary of parameters."""

    def __init__(self, path, layout, trainable=False):
        architecture, tensors = read_weights(path)
        self.widths, self.latents = architecture["widths"], architecture["latents"]
        self.encoder = architecture["encoderWidths"]
        self.layout = layout
        self.p = {}
        for name, array in tensors.items():
            tensor = torch.from_numpy(array.copy())
            if tensor.dim() == 4:
                tensor = tensor.contiguous(memory_format=layout)
            self.p[name] = tensor.requires_grad_(trainable)

    def run(self, name, x):
        w = self.p[name + ".weight"]
        k = w.shape[-1]
        return F.conv2d(
            x, w, self.p[name + ".bias"], stride=2 if k == 4 else 1, padding=0 if k == 1 else 1
        )

    def block(self, name, x):
        return x + self.run(name + ".second", act(self.run(name + ".first", act(x))))

    def encode_features(self, x):
        h = self.block("encoder.block0", self.run("encoder.input", x))
        out = [h]
        for k in range(1, len(self.encoder)):
            h = self.block(f"encoder.block{k}", self.run(f"encoder.down{k}", act(h)))
            out.append(h)
        return out[::-1]

    def prepare(self, k, h, batch, rows, columns):
        d = f"decoder.level{k}"
        if k == 0:
            h = self.p["decoder.root"].reshape(1, -1, 1, 1).expand(batch, -1, rows, columns)
            h = h.contiguous(memory_format=self.layout)
        else:
            h = F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)
            h = self.run(d + ".upsampling", act(h))
        h = self.block(d + ".entry", h)
        mean, log = self.run(d + ".prior", h).chunk(2, 1)
        return h, mean, log.clamp(-4, 2)

    def finish(self, k, h, z):
        d = f"decoder.level{k}"
        return self.block(d + ".exit", h + self.run(d + ".latent", z))

    def output(self, h):
        return self.run("decoder.output", act(h))

    def decode(self, deviations):
        batch, _, rows, columns = deviations[0].shape
        h = None
        for k, e in enumerate(deviations):
            h, mean, log = self.prepare(k, h, batch, rows, columns)
            h = self.finish(k, h, mean + torch.exp(log) * e)
        return self.output(h)

    def posterior(self, k, h, f):
        e = f"encoder.level{k}.posterior"
        hidden = self.run(e + ".first", torch.cat([h, act(f)], 1))
        return self.run(e + ".second", act(hidden)).chunk(2, 1)

    def loss(self, x, noise, image_scale, weight, free_nats):
        """The training loss per pixel, by LadderNetwork.evidence."""
        f, h, total = self.encode_features(x), None, 0
        for k in range(len(self.widths)):
            h, mean, log = self.prepare(k, h, x.shape[0], f[0].shape[-2], f[0].shape[-1])
            q, t = self.posterior(k, h, f[k])
            t = t.clamp(-6, 1)
            divergence = (0.5 * (torch.exp(2 * t) + q * q - 1) - t).sum()
            free = free_nats[k] if k < len(free_nats) else 0
            if divergence.item() / noise[k].numel() >= free:
                total = total + weight * divergence / x.numel()
            h = self.finish(k, h, mean + torch.exp(log) * (q + torch.exp(t) * noise[k]))
        return (self.output(h) - x).abs().mean() / image_scale + total
