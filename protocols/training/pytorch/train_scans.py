"""Trains a ladder network to reconstruct: on simulated undersampled scans, pass after pass. For a GPU.

    python3 train_scans.py slices.h5 -o ladder.pt --seconds 3600

Each step takes one of a few batches of scans that are under way, shows the network the present images,
and lets the measurements correct what it draws: the images of the next pass. Every other
image is one sample of every latent, held to the evidence lower bound; the others are those of the
posteriors' means, which a reconstruction starts from, held to absolute error and structural similarity. `--denoise` trains a denoiser instead,
for plug-and-play: noise of a known standard deviation, which the third input channel states.
"""

import argparse
import math
import time

import numpy as np
import torch
import torch.nn.functional as F
from ladder import Ladder
from scans import Scans, customary_centre
from stack import read, views


def numbers(text):
    return [int(word) for word in text.split(",")]


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("stack", help="HDF5 stack of images, as `mri-ilo train` reads")
parser.add_argument("-o", "--output", required=True, help="file of the averaged weights (.pt)")
parser.add_argument("--denoise", action="store_true", help="train a denoiser instead")
parser.add_argument("--start", help="weights file to go on from; its widths hold")
parser.add_argument("--seconds", type=float, default=3600, help="how long to train")
parser.add_argument("--steps", type=int, default=10**9, help="ends earlier after so many")
parser.add_argument("--batch", type=int, default=48)
parser.add_argument("--groups", type=int, default=3, help="batches that are simulated at once")
parser.add_argument("--crop", type=int, default=256, help="side of the square views")
parser.add_argument("--rate", type=float, default=8e-4)
parser.add_argument("--widths", type=numbers, default=[128, 128, 96, 64, 32])
parser.add_argument("--latents", type=numbers, default=[16, 12, 8, 4, 4])
parser.add_argument("--encoder-widths", type=numbers, default=[32, 64, 96, 128, 128])
parser.add_argument("--free-nats", type=float, nargs="*", default=[0.1, 0.1, 0.05])
parser.add_argument("--divergence-weight", type=float, default=0.5)
parser.add_argument("--similarity-weight", type=float, default=3.0, help="of 1 − SSIM of the means")
parser.add_argument("--passes", type=int, default=4)
parser.add_argument("--pool", type=int, default=6, help="groups of scans under way")
parser.add_argument("--whole", type=float, default=0.08, help="share of images shown as they are")
parser.add_argument("--every", type=float, default=60, help="seconds between lines")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--compile", action="store_true", help="compile the network")
parser.add_argument("--graphs", action="store_true", help="with --compile: replay CUDA graphs")
parser.add_argument("--licence", default="not stated", help="licence of the images")
options = parser.parse_args()

device = "cuda" if torch.cuda.is_available() else "cpu"
half = dict(device_type=device, dtype=torch.bfloat16, enabled=device == "cuda")
torch.manual_seed(options.seed)
torch.backends.cudnn.benchmark = True
random = torch.Generator(device).manual_seed(options.seed)
draws = np.random.default_rng(options.seed)
inputs = 3 if options.denoise else 2
if options.start:
    model = Ladder.load(options.start)
    if [model.architecture[k] for k in ("imageChannels", "encoderChannels")] != [2, inputs]:
        parser.error(f"{options.start} is not a network for this task")
else:
    model = Ladder(options.widths, options.latents, options.encoder_widths, 2, inputs)
latents = model.architecture["latents"]
model = model.to(device, memory_format=torch.channels_last)
average = [p.detach().clone() for p in model.parameters()]
adam = torch.optim.Adam(
    model.parameters(), lr=options.rate, betas=(0.9, 0.99), fused=True
)
training, held = (read(options.stack, split).to(device) for split in ("train", "val"))
if len(training) == 0 or options.crop % model.coarsest_factor:
    parser.error(f"needs images to train on and a crop that {model.coarsest_factor} divides")
started = time.perf_counter()


def progress(step):
    return max(step / options.steps, (time.perf_counter() - started) / options.seconds)


def rate(step):
    """Rises over 200 steps; falls to a hundredth by a cosine from a fifth of the way on."""
    t = min(1, max(0, progress(step) - 0.2) / 0.8)
    return options.rate * min(1, (step + 1) / 200) * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * t)))


def log_uniform(low, high):
    return low * (high / low) ** draws.random()


def new_scans():
    acceleration = log_uniform(2.5, 13)
    count = options.groups * options.batch
    snr = 15 * (100 / 15) ** torch.rand(count, generator=random, device=device)
    return Scans(
        views(training, options.crop, count, random, zoom=(0.8, 1.35), shift=0.15)[:, 0],
        int(draws.integers(4, 11)), acceleration,
        customary_centre(acceleration) * draws.uniform(0.8, 1.4), snr, random, draws,
    )


def similarity(a, b):
    """Mean SSIM of magnitudes, 7 × 7 windows; the range is the brightest of `b`."""
    a, b = ((x.square().sum(1, keepdim=True) + 1e-6).sqrt() for x in (a, b))
    top = b.amax((1, 2, 3), keepdim=True)
    mean = lambda x: F.avg_pool2d(x, 7, 1)
    ma, mb = mean(a), mean(b)
    va, vb, both = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    c1, c2 = (0.01 * top) ** 2, (0.03 * top) ** 2
    return (((2 * ma * mb + c1) * (2 * both + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))).mean()


def noise(sampled):
    """Standard normal numbers for the latents of the images that are `sampled` [batch], else 0."""
    factor = model.coarsest_factor
    return [
        (
            sampled.reshape(-1, 1, 1, 1) * torch.randn(
                options.batch, z, *[(options.crop << k) // factor] * 2, generator=random, device=device
            )
        ).contiguous(memory_format=torch.channels_last)
        for k, z in enumerate(latents)
    ]


def loss_of(seen, target, sampled, first, noise):
    """The loss, and the images drawn. From the `first` on every other one is of the posteriors' means."""
    with torch.autocast(**half):
        drawn, divergences = model.answers(seen, noise)
    total = (drawn - target).abs().mean() / 0.02
    if options.denoise:
        return total, drawn
    total = total + options.similarity_weight * (1 - similarity(drawn[first::2], target[first::2])) / 2
    for k, divergence in enumerate(divergences):
        free = options.free_nats[k] if k < len(options.free_nats) else 0
        nats = (divergence * sampled).sum()
        values = sampled.sum() * latents[k] * (options.crop << k) ** 2
        paid = nats.detach() / values * model.coarsest_factor**2 >= free
        total = total + paid * options.divergence_weight * nats / target.numel()
    return total, drawn


if options.compile:
    loss_of = torch.compile(loss_of, mode="reduce-overhead" if options.graphs else None)


def noisy(batch):
    """Images [batch, 2, rows, columns] with noise of a standard deviation from 0.01 to 0.4, and a third
    channel that states it."""
    deviation = 0.01 * 40 ** torch.rand(len(batch), 1, 1, 1, generator=random, device=device)
    dirty = batch + deviation * torch.randn(*batch.shape, generator=random, device=device)
    return torch.cat([dirty, deviation.expand_as(batch[:, :1])], 1)


@torch.no_grad()
def validate():
    """PSNR in dB of held-out images: after each pass at 4x and 8x, or denoised of σ 0.05 and 0.2."""
    kept = [p.detach().clone() for p in model.parameters()]
    for p, a in zip(model.parameters(), average):
        p.copy_(a)
    chosen = held[:: max(1, len(held) // 32)][:32].float() * (1.2 / 255)
    found = []

    def decibels(x, target):
        error = (x.norm(dim=1) - target.norm(dim=1)).square().mean((1, 2))
        return (10 * torch.log10(target.norm(dim=1).amax((1, 2)).square() / error)).mean().item()

    if options.denoise:
        target = torch.stack([chosen, torch.zeros_like(chosen)], 1)
        for deviation in (0.05, 0.2):
            fixed = torch.Generator(device).manual_seed(7)
            dirty = target + deviation * torch.randn(*target.shape, generator=fixed, device=device)
            seen = torch.cat([dirty, torch.full_like(dirty[:, :1], deviation)], 1)
            with torch.autocast(**half):
                found.append(decibels(model.draw(seen), target))
    else:
        for acceleration in (4, 8):
            scans = Scans(
                chosen, 8, acceleration, customary_centre(acceleration),
                torch.full([len(chosen)], 40.0, device=device),
                torch.Generator(device).manual_seed(7), np.random.default_rng(7), ("random",), 0,
                weight=(5e-3, 5e-3),
            )
            seen, target = scans.pair()
            found.append(decibels(seen, target))
            for _ in range(options.passes):
                seen, target = scans.pair()
                with torch.autocast(**half):
                    drawn = model.draw(seen)
                found.append(decibels(drawn, target))
                scans.advance(drawn, 16)
                found.append(decibels(*scans.pair()))
    for p, k in zip(model.parameters(), kept):
        p.copy_(k)
    return "val psnr " + " ".join(f"{value:.2f}" for value in found) + " dB"


def save(step):
    names = [name for name, _ in model.named_parameters()]
    torch.save(
        {
            "architecture": model.architecture,
            "state": {n: p.cpu().half() for n, p in zip(names, average)},
            "notes": {
                "training_data": f"{len(training)} images of {options.stack.split('/')[-1]}",
                "licence": options.licence,
                "step": str(step),
                "seed": str(options.seed),
                "trained_by": f"PyTorch {torch.__version__}",
                "task": "denoise" if options.denoise else "reconstruct",
            },
        },
        options.output,
    )


def trained(seen, target):
    """One step of the optimiser; what the network drew."""
    global step, skipped, told
    sampled = (torch.arange(options.batch, device=device) + step) % 2 * (not options.denoise)
    seen = seen.contiguous(memory_format=torch.channels_last)
    total, drawn = loss_of(seen, target, sampled, step % 2, noise(sampled))
    adam.zero_grad(set_to_none=True)
    total.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
    # The fused kernel leaves a step out where this is 1; to ask here would stall the card.
    adam.found_inf = (~torch.isfinite(norm)).float()
    skipped += adam.found_inf
    for group in adam.param_groups:
        group["lr"] = rate(step)
    adam.step()
    share = 1 - min(0.999, (step + 1) / (step + 10))
    torch._foreach_lerp_(average, [p.detach() for p in model.parameters()], share)
    step += 1
    now = time.perf_counter()
    if now - told >= options.every or progress(step) >= 1:
        told = now
        print(
            f"step {step}  {now - started:.0f} s  loss {total.item():.3f}  {validate()}  "
            f"{step * options.batch / (now - started):.1f} images/s"
            + (f"  {int(skipped)} steps skipped" if skipped else ""),
            flush=True,
        )
        save(step)
    return drawn.detach()


def denoising_step():
    target = views(
        training, options.crop, options.batch, random, 2, zoom=(0.8, 1.35), shift=0.15
    )
    trained(noisy(target), target)


def group_step(pool):
    """One pass of one group of scans: a step for each of its batches, then the next images."""
    with torch.no_grad():
        while len(pool) < options.pool:
            pool.append(new_scans())
        place = int(draws.integers(len(pool)))
        scans = pool[place]
        seen, target = scans.pair()
        uncovered = torch.rand(len(seen), 1, 1, 1, generator=random, device=device) < options.whole
        seen = torch.where(uncovered, target, seen)
    # Scans stay in one group; which of them meet in a batch changes.
    order = torch.randperm(len(seen), generator=random, device=device)
    drawn = torch.empty_like(target)
    for batch in order.split(options.batch):
        drawn[batch] = trained(seen[batch], target[batch])
    with torch.no_grad():
        if scans.passes + 1 >= options.passes:
            pool[place] = new_scans()
        else:
            scans.advance(drawn)


step, skipped, told, pool = 0, 0, started, []
while progress(step) < 1:
    if options.denoise:
        denoising_step()
    else:
        group_step(pool)
