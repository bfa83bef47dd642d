"""Trains a ladder network in PyTorch by the objective of `mri-ilo train`.

    python3 train.py slices.h5 -o ladder.pt --steps 300

A plain loop: views of a stack, one sample of every latent, Adam, a moving average of the weights.
"""

import argparse
import math
import time

import torch
from ladder import STANDARD, Ladder
from stack import read, views, whole


def numbers(text):
    return [int(word) for word in text.split(",")]


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("stack", help="HDF5 stack of images, as `mri-ilo train` reads")
parser.add_argument("-o", "--output", required=True, help="file of the averaged weights (.pt)")
parser.add_argument("--steps", type=int, default=20_000)
parser.add_argument("--batch", type=int, default=4)
parser.add_argument("--crop", type=int, default=160, help="side of the square views")
parser.add_argument("--rate", type=float, default=6e-4)
parser.add_argument("--channels", type=int, choices=[1, 2], default=1, help="2: complex images")
parser.add_argument("--widths", type=numbers, default=STANDARD["widths"])
parser.add_argument("--latents", type=numbers, default=STANDARD["latents"])
parser.add_argument("--encoder-widths", type=numbers, default=STANDARD["encoderWidths"])
parser.add_argument("--free-nats", type=float, nargs="*", default=[0.1, 0.1, 0.05])
parser.add_argument("--every", type=int, default=50, help="steps between lines")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--licence", default="not stated", help="licence of the images")
options = parser.parse_args()

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(options.seed)
random = torch.Generator().manual_seed(options.seed)
model = Ladder(
    options.widths, options.latents, options.encoder_widths, options.channels, options.channels
).to(device, memory_format=torch.channels_last)
average = {name: p.detach().clone() for name, p in model.state_dict().items()}
adam = torch.optim.Adam(model.parameters(), lr=options.rate, betas=(0.9, 0.99))
training, held = (read(options.stack, split) for split in ("train", "val"))
if len(training) == 0 or options.crop % model.coarsest_factor:
    parser.error(f"needs images to train on and a crop that {model.coarsest_factor} divides")


def rate(step):
    """Rises over 200 steps, falls to a hundredth over the last 35 %."""
    start = 0.65 * options.steps
    t = min(1, max(0, (step - start) / max(1, options.steps - start)))
    return options.rate * min(1, (step + 1) / 200) * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * t)))


@torch.no_grad()
def validate(state):
    """PSNR (1 is the range) and nats per pixel of the averaged weights on held-out images."""
    kept = {name: p.clone() for name, p in model.state_dict().items()}
    model.load_state_dict(state)
    squared, nats = [], []
    for n, image in enumerate(held[:: max(1, len(held) // 12)][:12]):
        image = whole(image, model.coarsest_factor, options.channels).to(device)
        noise = model.noise(1, *image.shape[2:], torch.Generator().manual_seed(n))
        drawn, divergences = model.evidence(image, [e.to(device) for e in noise])
        squared.append((drawn - image).square().mean().item())
        nats.append(sum(divergences).item() / image.numel())
    model.load_state_dict(kept)
    count = max(1, len(squared))
    return -10 * math.log10(max(sum(squared) / count, 1e-30)), sum(nats) / count


started, skipped = time.perf_counter(), 0
for step in range(options.steps):
    batch = views(training, options.crop, options.batch, random, options.channels).to(device)
    noise = [e.to(device) for e in model.noise(*batch.shape[:1], *batch.shape[2:], random)]
    weight = min(1, 0.05 + step / 1000)
    loss = model.loss(batch, noise, weight=weight, free_nats=options.free_nats)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
    if torch.isfinite(norm):
        for group in adam.param_groups:
            group["lr"] = rate(step)
        adam.step()
        share = 1 - min(0.999, (step + 1) / (step + 10))
        for name, p in model.state_dict().items():
            average[name].lerp_(p, share)
    else:
        skipped += 1
    if (step + 1) % options.every == 0 or step + 1 == options.steps:
        seen = (step + 1) * options.batch / (time.perf_counter() - started)
        psnr, nats = validate(average)
        print(
            f"step {step + 1}  loss {loss.item():.3f}  val psnr {psnr:.2f} dB  kl {nats:.4f}/px  "
            f"{seen:.1f} images/s" + (f"  {skipped} steps skipped" if skipped else ""),
            flush=True,
        )

torch.save(
    {
        "architecture": model.architecture,
        "state": {name: p.cpu() for name, p in average.items()},
        "notes": {
            "training_data": f"{len(training)} images of {options.stack.split('/')[-1]}",
            "licence": options.licence,
            "step": str(options.steps),
            "seed": str(options.seed),
            "trained_by": f"PyTorch {torch.__version__}",
        },
    },
    options.output,
)
