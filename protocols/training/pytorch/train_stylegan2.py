"""Trains a generator of StyleGAN2's architecture as the decoder of a variational autoencoder, on a CPU.

    python3 train_stylegan2.py slices.h5 -o stylegan2.pt

Nothing here is adversarial: an encoder, which is thrown away, gives posteriors of what the generator draws at
random, the latent z and from the second phase on the noise maps up to 64 × 64 too, and the loss is the evidence
lower bound with a Laplace density:

    N mean |x − G(z, n)| / b + KL(z) + KL(n),     b = 0.05, N = 128²

in units in which black is 0 and the 99th percentile 1; N is fewer than there are pixels, for neighbours err alike.
The generator grows by phases, SIDE:STEPS:BATCH; images are views of 256 × 256 (shifted by up to 5 %, zoomed by up
to 10 %, tilted by up to 0.1, mirrored, of changed contrast and bias), averaged to the phase's side. Adam, rate
rising over 100 steps and falling to a twentieth over the last third; moving average of the generator's weights.
A run that was stopped goes on with the same command from STYLEGAN2.pt.run.

The file holds the averaged state by rosinality's names, `latent_avg` and what the metadata must say; `export`
writes it as safetensors:

    python3 train_stylegan2.py slices.h5 -o stylegan2.pt --export stylegan2.safetensors
    mri-ilo weights import stylegan2.safetensors --half -o own.safetensors
"""

import argparse
import copy
import math
import os
import time

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from stack import BRIGHTEST, read, views
from stylegan2 import Encoder, Generator, divergence


def numbers(text):
    return [int(word) for word in text.split(",")]


def phases(text):
    return [tuple(int(word) for word in part.split(":")) for part in text.split(",")]


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("stack", help="HDF5 stack of images of 256 × 256, as `mri-ilo train` reads")
parser.add_argument("-o", "--output", required=True, help="file of the averaged weights (.pt)")
parser.add_argument("--export", help="write those weights as safetensors, and do nothing else")
parser.add_argument("--widths", type=numbers, default=[64, 64, 64, 64, 48, 32, 16])
parser.add_argument("--latent", type=int, default=256)
parser.add_argument("--phases", type=phases, default=[(64, 2500, 16), (128, 1200, 8), (256, 1000, 8)])
parser.add_argument("--rate", type=float, default=2e-3)
parser.add_argument("--scale", type=float, default=0.05, help="b of the Laplace density")
parser.add_argument("--pixels", type=float, default=128 * 128, help="N, how many errors count as independent")
parser.add_argument("--every", type=int, default=100, help="steps between rows of OUTPUT.csv")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--licence", default="not stated", help="licence of the images")
options = parser.parse_args()

if options.export:
    saved = torch.load(options.output, weights_only=True)
    save_file({n: t.float().contiguous() for n, t in saved["state"].items()}, options.export, metadata=saved["notes"])
    raise SystemExit

torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
random = torch.Generator().manual_seed(options.seed)
generator, encoder = Generator(options.widths, options.latent), Encoder(options.latent)
training, held = (read(options.stack, split) for split in ("train", "val"))
if len(training) == 0 or len(held) == 0 or training.shape[1:] != (256, 256) or generator.sides()[-1] != 256:
    parser.error("needs images of 256 × 256 to train on and held-out ones, and seven widths")
average = copy.deepcopy(generator).requires_grad_(False)
adam = torch.optim.Adam(
    [{"params": generator.parameters(), "share": 1.0}, {"params": encoder.parameters(), "share": 0.4}],
    lr=options.rate, betas=(0.9, 0.99))
STEPS = sum(steps for _, steps, _ in options.phases)
ENCODED = 64
"""The largest side of a noise that has a posterior."""
STRENGTH = 0.1
"""Of those noises when their posteriors join."""


def phase(step):
    """Number, side and batch of a step's phase, and the steps since it began."""
    for number, (side, steps, batch) in enumerate(options.phases):
        if step < steps:
            return number, side, batch, step
        step -= steps
    raise AssertionError


def rate(step):
    t = min(1, max(0, (step / STEPS - 2 / 3) * 3))
    return options.rate * min(1, (step + 1) / 100) * (0.05 + 0.95 * (0.5 + 0.5 * math.cos(math.pi * t)))


def draw(model, posterior, side, sample, noisy):
    """The image of a posterior's sample or mean; noises without a posterior are zero."""
    (mean, scale), maps = posterior
    z = mean + torch.exp(scale) * torch.randn(mean.shape, generator=random) if sample else mean
    noises = [None] * len(generator.sides())
    if noisy:
        for i, (mean, scale) in enumerate(maps):
            noises[i] = mean + torch.exp(scale) * torch.randn(mean.shape, generator=random) if sample else mean
    return model(model.mapped(z), noises, side)


@torch.no_grad()
def validate(side):
    """PSNR (of 1) on 24 held-out images, by the posterior of z alone and of the noises too."""
    encoder.eval()
    images = held[:: max(1, len(held) // 24)][:24, None].float() * (BRIGHTEST / 255)
    posterior = encoder(images)
    target = F.avg_pool2d(images, 256 // side)
    errors = [
        (draw(average, posterior, side, False, noisy) / 2 + 0.5 - target).square().mean((1, 2, 3))
        for noisy in (False, True)]
    return [(-10 * torch.log10(error)).mean().item() for error in errors]


def strengthen(model):
    """Gives the noises that get a posterior a strength to start with."""
    layers = [model.conv1, *model.convs]
    for layer, size in zip(layers, model.sides()):
        if size <= ENCODED:
            layer.noise.weight.data.fill_(STRENGTH)


state, start, spent = options.output + ".run", 0, 0.0
log = options.output.removesuffix(".pt") + ".csv"
if os.path.exists(state):
    run = torch.load(state, weights_only=True)
    for part, name in [(generator, "generator"), (average, "average"), (encoder, "encoder"), (adam, "adam")]:
        part.load_state_dict(run[name])
    random.set_state(run["random"])
    start, spent = run["step"], run["seconds"]
else:
    with open(log, "w") as file:
        file.write("step,side,images,seconds,loss,l1,kl_z,kl_noise,val_psnr_z,val_psnr\n")

began, sums, seen = time.perf_counter() - spent, [0.0] * 4, 0
images_before = sum(phase(i)[2] for i in range(start))
for step in range(start, STEPS):
    number, side, batch, within = phase(step)
    noisy = number > 0
    if number == 1 and within == 0:
        for model in (generator, average):
            strengthen(model)
    view = views(
        training, 256, batch, random, zoom=(0.9, 1.1), shift=0.1, turned=0, tilt=0.1, gamma=0.2, field=0.1)
    posterior = encoder(view)
    target = F.avg_pool2d(view, 256 // side)
    l1 = (draw(generator, posterior, side, True, noisy) / 2 + 0.5 - target).abs().mean()
    latent = divergence(*posterior[0]).mean()
    maps = sum(divergence(*p).mean() for p in posterior[1]) if noisy else torch.zeros(())
    warm = min(1, 0.02 + step / 1000)
    joined = min(1, 0.05 + within / 1000) if number == 1 else 1
    loss = options.pixels * l1 / options.scale + warm * latent + joined * maps
    adam.zero_grad(set_to_none=True)
    (loss / options.pixels).backward()
    norm = torch.nn.utils.clip_grad_norm_([*generator.parameters(), *encoder.parameters()], 10)
    if torch.isfinite(norm):
        for group in adam.param_groups:
            group["lr"] = rate(step) * group["share"]
        adam.step()
    share = 1 - min(0.998, (step + 1) / (step + 10))
    with torch.no_grad():
        for mine, theirs in zip(average.parameters(), generator.parameters()):
            mine.lerp_(theirs, share)
    seen += 1
    images_before += batch
    sums = [a + b.item() for a, b in zip(sums, (loss, l1, latent, maps))]
    if (step + 1) % options.every == 0 or step + 1 == STEPS:
        psnr = validate(side)
        seconds = time.perf_counter() - began
        with open(log, "a") as file:
            file.write(
                f"{step + 1},{side},{images_before},{seconds:.0f},"
                + ",".join(f"{s / seen:.5g}" for s in sums) + f",{psnr[0]:.2f},{psnr[1]:.2f}\n")
        sums, seen = [0.0] * 4, 0
        torch.save({
            "generator": generator.state_dict(), "average": average.state_dict(),
            "encoder": encoder.state_dict(), "adam": adam.state_dict(), "random": random.get_state(),
            "step": step + 1, "seconds": seconds}, state + ".new")
        os.replace(state + ".new", state)

        exported = average.state_dict()
        with torch.no_grad():
            z = torch.randn(10_000, options.latent, generator=torch.Generator().manual_seed(123))
            exported["latent_avg"] = average.mapped(z).mean(0)
        # The noises that come with the weights are the mean of what was trained on.
        exported |= {f"noises.noise_{i}": torch.zeros(1, 1, n, n) for i, n in enumerate(average.sides())}
        torch.save({
            "state": exported,
            "notes": {
                "mapping_lr_multiplier": "1", "training_data":
                f"{len(training)} images, split train, of {options.stack.split('/')[-1]}",
                "objective": "evidence lower bound, not adversarial", "licence": options.licence,
                "step": str(step + 1), "images_seen": str(images_before), "seed": str(options.seed),
                "trained_by": f"PyTorch {torch.__version__}"}}, options.output + ".new")
        os.replace(options.output + ".new", options.output)
