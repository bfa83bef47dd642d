"""The ladder network of mri-ilo as a PyTorch module.

The names of its state dict are those of mri-ilo's weights files, and its layers compute what
`Sources/Generators` computes, so that weights go either way as they are. Arrays are
[batch, channels, rows, columns]; the sides of an image must be multiples of `coarsest_factor`.
"""

import json

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import nn

SLOPE = 0.2
"""Slope of the leaky rectifier below zero."""

WEIGHTS_FORMAT = "mri-ilo ladder 1"
VALUES_FORMAT = "mri-ilo ladder values 1"

STANDARD = dict(
    widths=[128, 96, 64, 32, 16], latents=[16, 12, 8, 4, 2], encoderWidths=[16, 32, 64, 96, 128]
)
"""The architecture of the weights that come with mri-ilo; `imageChannels`, `encoderChannels` are 1."""


def act(x):
    return F.leaky_relu(x, SLOPE)


def convolution(inputs, outputs, kernel=3):
    """3 × 3 and 1 × 1 keep the size, 4 × 4 halves it."""
    return nn.Conv2d(
        inputs, outputs, kernel, stride=2 if kernel == 4 else 1, padding=0 if kernel == 1 else 1
    )


class Residual(nn.Module):
    """x + second(φ(first(φ(x))))."""

    def __init__(self, channels):
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = convolution(channels, channels)

    def forward(self, x):
        return x + self.second(act(self.first(act(x))))


class Level(nn.Module):
    """One resolution of the decoder: features give a latent's prior, the latent is added to them."""

    def __init__(self, coarser, width, latents):
        super().__init__()
        if coarser is not None:
            self.upsampling = convolution(coarser, width)
        self.entry = Residual(width)
        self.prior = convolution(width, 2 * latents)
        self.latent = convolution(latents, width, 1)
        self.exit = Residual(width)

    def prepare(self, h):
        """Features of this level before its latent, with the prior's mean and log scale."""
        if hasattr(self, "upsampling"):
            h = F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)
            h = self.upsampling(act(h))
        h = self.entry(h)
        mean, log_scale = self.prior(h).chunk(2, 1)
        return h, mean, log_scale.clamp(-4, 2)

    def finish(self, h, z):
        return self.exit(h + self.latent(z))


class Decoder(nn.Module):
    def __init__(self, widths, latents, image_channels):
        super().__init__()
        self.root = nn.Parameter(torch.zeros(widths[0]))
        for k, (width, z) in enumerate(zip(widths, latents)):
            self.add_module(f"level{k}", Level(widths[k - 1] if k else None, width, z))
        self.output = convolution(widths[-1], image_channels)

    def start(self, batch, rows, columns):
        """The learned root at every pixel of the coarsest level."""
        h = self.root.reshape(1, -1, 1, 1).expand(batch, -1, rows, columns)
        last = self.level0.entry.first.weight.is_contiguous(memory_format=torch.channels_last)
        return h.contiguous(
            memory_format=torch.channels_last if last else torch.contiguous_format
        )


class Posterior(nn.Module):
    """The encoder's view of a latent: its shift and log scale in units of the prior's scale."""

    def __init__(self, width, encoder_width, latents):
        super().__init__()
        self.first = convolution(width + encoder_width, width)
        self.second = convolution(width, 2 * latents)

    def forward(self, h, features):
        hidden = self.first(torch.cat([h, act(features)], 1))
        shift, log_scale = self.second(act(hidden)).chunk(2, 1)
        return shift, log_scale.clamp(-6, 1)


class Encoder(nn.Module):
    def __init__(self, widths, latents, encoder_widths, encoder_channels):
        super().__init__()
        self.input = convolution(encoder_channels, encoder_widths[0])
        self.block0 = Residual(encoder_widths[0])
        for k in range(1, len(encoder_widths)):
            self.add_module(
                f"down{k}", convolution(encoder_widths[k - 1], encoder_widths[k], 4)
            )
            self.add_module(f"block{k}", Residual(encoder_widths[k]))
        for k, width in enumerate(widths):
            level = nn.Module()
            level.posterior = Posterior(width, encoder_widths[-1 - k], latents[k])
            self.add_module(f"level{k}", level)

    def forward(self, x):
        """Features at every resolution, coarse to fine."""
        h = self.block0(self.input(x))
        found = [h]
        while hasattr(self, f"down{len(found)}"):
            k = len(found)
            h = getattr(self, f"block{k}")(getattr(self, f"down{k}")(act(h)))
            found.append(h)
        return found[::-1]

    def posterior(self, k, h, features):
        return getattr(self, f"level{k}").posterior(h, features)


class Ladder(nn.Module):
    """Decoder and encoder of a ladder variational autoencoder.

    widths, latents: feature and latent channels per level, coarse to fine.
    encoderWidths: the encoder's feature channels per level, fine to coarse.
    imageChannels, encoderChannels: 1 for real images, 2 for the real and imaginary part of images
    whose smooth phase was taken off.
    """

    def __init__(self, widths, latents, encoderWidths, imageChannels=1, encoderChannels=1):
        super().__init__()
        self.architecture = dict(
            widths=widths, latents=latents, encoderWidths=encoderWidths,
            imageChannels=imageChannels, encoderChannels=encoderChannels,
        )
        self.decoder = Decoder(widths, latents, imageChannels)
        self.encoder = Encoder(widths, latents, encoderWidths, encoderChannels)
        with torch.no_grad():
            # Near the identity and the prior, like mri-ilo's own start.
            for name, parameter in self.named_parameters():
                if name.endswith((".prior.weight", ".posterior.second.weight")):
                    parameter *= 0.1
                elif name.endswith(".second.weight"):
                    parameter *= 0.3

    @property
    def levels(self):
        """The decoder's levels, coarse to fine."""
        return [getattr(self.decoder, f"level{k}") for k in range(len(self.architecture["widths"]))]

    @property
    def coarsest_factor(self):
        """Image pixels per pixel of the coarsest level, along each axis."""
        return 2 ** (len(self.architecture["widths"]) - 1)

    @classmethod
    def load(cls, path):
        """The network of a weights file of mri-ilo, in single precision."""
        with safe_open(path, "pt") as file:
            model = cls(**json.loads(file.metadata()["architecture"]))
            model.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})
        return model

    def decode(self, deviations):
        """The image of one deviation per level, [batch, latents, rows, columns] in units of the
        prior's scale, coarse to fine."""
        h = self.decoder.start(deviations[0].shape[0], *deviations[0].shape[2:])
        for level, deviation in zip(self.levels, deviations):
            h, mean, log_scale = level.prepare(h)
            h = level.finish(h, mean + torch.exp(log_scale) * deviation)
        return self.decoder.output(act(h))

    def encode(self, inputs):
        """The deviations of the posteriors' means, coarse to fine."""
        return [shift for shift, _, _ in self._ladder(inputs, None)[1]]

    def evidence(self, inputs, noise):
        """The image of one sample of every latent, and the divergence of each level in nats.

        noise: standard normal, shaped like the deviations.
        """
        h, posteriors = self._ladder(inputs, noise)
        divergences = [
            (0.5 * (torch.exp(2 * t) + q * q - 1) - t).sum() for q, t, _ in posteriors
        ]
        return self.decoder.output(act(h)), divergences

    def loss(self, images, noise, inputs=None, image_scale=0.02, weight=1.0, free_nats=()):
        """The negative evidence lower bound per pixel: L1 over `image_scale` plus divergences.

        inputs: what the encoder sees; the images themselves if not given.
        weight: of all divergences, for warm-up.
        free_nats: per latent value and level; a divergence below them costs nothing.
        """
        drawn, divergences = self.evidence(images if inputs is None else inputs, noise)
        total = (drawn - images).abs().mean() / image_scale
        for k, divergence in enumerate(divergences):
            free = free_nats[k] if k < len(free_nats) else 0
            cost = weight * divergence / images.numel()
            paid = divergence.detach() / noise[k].numel() >= free
            total = total + torch.where(paid, cost, torch.zeros_like(cost))
        return total

    def answers(self, inputs, noise):
        """The images drawn, and of each level the divergence per image in nats, [batch].

        noise: as for `evidence`; 0 for the image of the posteriors' means.
        """
        h, posteriors = self._ladder(inputs, noise)
        divergences = []
        for q, t, _ in posteriors:
            q, t = q.float(), t.float()
            divergences.append((0.5 * (torch.exp(2 * t) + q * q - 1) - t).sum((1, 2, 3)))
        return self.decoder.output(act(h)).float(), divergences

    def draw(self, inputs):
        """The image of the posteriors' means."""
        return self.decoder.output(act(self._ladder(inputs, None)[0])).float()

    def noise(self, batch, rows, columns, generator=None):
        """Standard normal numbers for one sample of every latent, on the CPU."""
        factor = self.coarsest_factor
        return [
            torch.randn(
                batch, z, (rows << k) // factor, (columns << k) // factor, generator=generator
            )
            for k, z in enumerate(self.architecture["latents"])
        ]

    def _ladder(self, inputs, noise):
        """The finest features, and each level's (shift, log scale, deviation)."""
        features = self.encoder(inputs)
        h = self.decoder.start(inputs.shape[0], *features[0].shape[2:])
        found = []
        for k, level in enumerate(self.levels):
            h, mean, log_scale = level.prepare(h)
            q, t = self.encoder.posterior(k, h, features[k])
            deviation = q if noise is None else q + torch.exp(t) * noise[k]
            found.append((q, t, deviation))
            h = level.finish(h, mean + torch.exp(log_scale) * deviation)
        return h, found


def layer_values(model, images, noise, inputs=None, image_scale=0.02, weight=1.0, free_nats=()):
    """What every layer computes for one loss and its gradient, as tensors by name, and text by key:
    the file that `mri-ilo weights import --check` compares with.

    Of each convolution NAME: `NAME.input` as it convolves it (after the rectifier), `NAME.output`,
    and the loss's gradient with respect to that, `NAME.output.gradient`; of each parameter its
    gradient. `images`, `inputs` and `noise.K` are what went in.
    """
    values = {"images": images, "inputs": images if inputs is None else inputs}
    values |= {f"noise.{k}": n for k, n in enumerate(noise)}

    def keep(name):
        def hook(_, given, output):
            output.retain_grad()
            values[f"{name}.input"], values[f"{name}.output"] = given[0], output

        return hook

    hooks = [
        layer.register_forward_hook(keep(name))
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Conv2d)
    ]
    model.zero_grad()
    model.loss(images, noise, inputs, image_scale, weight, free_nats).backward()
    for hook in hooks:
        hook.remove()
    gradients = {
        f"{name}.gradient": value.grad for name, value in values.items() if name.endswith(".output")
    }
    gradients |= {f"{name}.gradient": p.grad for name, p in model.named_parameters()}
    tensors = {
        name: value.detach().float().cpu().contiguous().clone()
        for name, value in (values | gradients).items()
    }
    return tensors, {
        "format": VALUES_FORMAT,
        "program": f"PyTorch {torch.__version__}",
        "image_scale": repr(image_scale),
        "divergence_weight": repr(weight),
        "free_nats": ",".join(map(repr, free_nats)),
    }
