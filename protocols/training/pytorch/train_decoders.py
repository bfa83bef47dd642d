"""Trains the small decoders of the first work on generators in compressed sensing, on a CPU.

    python3 train_decoders.py dcgan slices.h5 -o dcgan.pt
    python3 train_decoders.py vae slices.h5 -o vae.pt

`dcgan` has the layers of a DCGAN's generator (Radford et al. 2016: transposed convolutions, batch normalisation,
rectifiers, tanh; here 100 latents and 128 × 128 pixels), `vae` dense ones (Bora et al. 2017: two hidden layers;
here 64 latents, 200 units and 64 × 64 pixels). Both are decoders of variational autoencoders: nothing here is
adversarial. An encoder, which is thrown away, gives a posterior of z, and the loss is the evidence lower bound
with a Laplace density,

    N mean |x − G(z)| / b + KL(z),     b = 0.05, N = 64²

in units in which black is 0 and the 99th percentile 1; N is fewer than there are pixels at 128 × 128, for
neighbours err alike. What is brighter than 1.5 is not drawn. Images are averaged to the decoder's size, shifted by
up to 5 %, zoomed by up to 10 %, tilted by up to 0.1, mirrored, and of changed contrast and bias. Adam, rate rising
over 100 steps and falling to zero over the last half. Rows of OUTPUT.csv: PSNR (of 1) of the posterior's mean on
held-out images. A run that was stopped goes on with the same command from OUTPUT.run.

    python3 train_decoders.py dcgan slices.h5 -o dcgan.pt --export dcgan.safetensors
    mri-ilo weights import dcgan.safetensors --half -o own.safetensors
"""

import argparse
import math
import os
import time

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from stack import BRIGHTEST, read, views
from stylegan2 import divergence
from torch import nn

WHITEST = 1.5
"""The brightest value that is drawn."""


def dcgan(latent=100, widths=(128, 128, 64, 32, 16)):
    """Sequential layers as in pytorch/examples:dcgan, for 4 << len(widths) pixels a side."""
    layers, before = [], latent
    for i, width in enumerate(widths):
        layers += [
            nn.ConvTranspose2d(before, width, 4, *((1, 0) if i == 0 else (2, 1)), bias=False),
            nn.BatchNorm2d(width), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.ConvTranspose2d(before, 1, 4, 2, 1, bias=False), nn.Tanh())


def dcgan_encoder(latent=100, widths=(16, 32, 64, 128, 128)):
    layers, before = [], 1
    for width in widths:
        layers += [nn.Conv2d(before, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.LeakyReLU(0.2)]
        before = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * before, 2 * latent))


def dense(*widths):
    layers = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), nn.Softplus())]
    return nn.Sequential(*layers[:-1])


KINDS = {
    "dcgan": dict(
        side=128, latent=100, steps=2500, batch=32, rate=1e-3, decoder=dcgan, encoder=dcgan_encoder,
        notes={"activation": "relu", "output_activation": "tanh", "image_shape": "128,128"}),
    "vae": dict(
        side=64, latent=64, steps=12_000, batch=64, rate=1e-3,
        decoder=lambda: nn.Sequential(*dense(64, 200, 200, 64 * 64), nn.Sigmoid()),
        encoder=lambda: nn.Sequential(nn.Flatten(), *dense(64 * 64, 400, 200, 2 * 64)),
        notes={"activation": "softplus", "output_activation": "sigmoid", "image_shape": "64,64"}),
}

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("kind", choices=KINDS)
parser.add_argument("stack", help="HDF5 stack of images of 256 × 256, as `mri-ilo train` reads")
parser.add_argument("-o", "--output", required=True, help="file of the weights (.pt)")
parser.add_argument("--export", help="write those weights as safetensors, and do nothing else")
parser.add_argument("--steps", type=int)
parser.add_argument("--scale", type=float, default=0.05, help="b of the Laplace density")
parser.add_argument("--pixels", type=float, default=64 * 64, help="N, how many errors count as independent")
parser.add_argument("--every", type=int, default=100, help="steps between rows of OUTPUT.csv")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--licence", default="not stated", help="licence of the images")
options = parser.parse_args()

if options.export:
    saved = torch.load(options.output, weights_only=True)
    state = {f"main.{n}": t.float().contiguous() for n, t in saved["state"].items() if "num_batches" not in n}
    save_file(state, options.export, metadata=saved["notes"])
    raise SystemExit

kind = KINDS[options.kind]
side, batch, STEPS = kind["side"], kind["batch"], options.steps or kind["steps"]
low, high = (-1, 1) if options.kind == "dcgan" else (0, 1)
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
random = torch.Generator().manual_seed(options.seed)
decoder, encoder = kind["decoder"](), kind["encoder"]()
training, held = (read(options.stack, split) for split in ("train", "val"))
if len(training) == 0 or len(held) == 0 or training.shape[1:] != (256, 256):
    parser.error("needs images of 256 × 256 to train on and held-out ones")
training, held = (F.avg_pool2d(part[:, None].float(), 256 // side)[:, 0] for part in (training, held))
adam = torch.optim.Adam([*decoder.parameters(), *encoder.parameters()], lr=kind["rate"], betas=(0.9, 0.99))


def drawn(z):
    """Images [batch, 1, side, side], black 0 and the 99th percentile 1."""
    z = z if options.kind == "vae" else z[:, :, None, None]
    return ((decoder(z) - low) * (WHITEST / (high - low))).reshape(-1, 1, side, side)


def rate(step):
    t = min(1, max(0, 2 * step / STEPS - 1))
    return kind["rate"] * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * t))


@torch.no_grad()
def validate():
    decoder.eval(), encoder.eval()
    images = held[:: max(1, len(held) // 60)][:60, None] * (BRIGHTEST / 255)
    errors = (drawn(encoder(images).chunk(2, 1)[0]) - images).square().mean((1, 2, 3))
    decoder.train(), encoder.train()
    return (-10 * torch.log10(errors)).mean().item()


state, start, spent = options.output + ".run", 0, 0.0
log = options.output.removesuffix(".pt") + ".csv"
if os.path.exists(state):
    run = torch.load(state, weights_only=True)
    for part, name in [(decoder, "decoder"), (encoder, "encoder"), (adam, "adam")]:
        part.load_state_dict(run[name])
    random.set_state(run["random"])
    start, spent = run["step"], run["seconds"]
else:
    with open(log, "w") as file:
        file.write("step,images,seconds,loss,l1,kl,val_psnr\n")

began, sums, seen = time.perf_counter() - spent, [0.0] * 3, 0
for step in range(start, STEPS):
    view = views(
        training, side, batch, random, zoom=(0.9, 1.1), shift=0.1, turned=0, tilt=0.1, gamma=0.2, field=0.1)
    mean, scale = encoder(view).chunk(2, 1)
    scale = scale.clamp(-8, 3) - 1
    z = mean + torch.exp(scale) * torch.randn(mean.shape, generator=random)
    l1 = (drawn(z) - view.clamp(max=WHITEST)).abs().mean()
    latent = divergence(mean, scale).mean()
    loss = options.pixels * l1 / options.scale + min(1, 0.05 + 4 * step / STEPS) * latent
    adam.zero_grad(set_to_none=True)
    (loss / options.pixels).backward()
    for group in adam.param_groups:
        group["lr"] = rate(step)
    adam.step()
    seen += 1
    sums = [a + b.item() for a, b in zip(sums, (loss, l1, latent))]
    if (step + 1) % options.every == 0 or step + 1 == STEPS:
        seconds = time.perf_counter() - began
        with open(log, "a") as file:
            file.write(
                f"{step + 1},{(step + 1) * batch},{seconds:.0f},"
                + ",".join(f"{s / seen:.5g}" for s in sums) + f",{validate():.2f}\n")
        sums, seen = [0.0] * 3, 0
        torch.save({
            "decoder": decoder.state_dict(), "encoder": encoder.state_dict(), "adam": adam.state_dict(),
            "random": random.get_state(), "step": step + 1, "seconds": seconds}, state + ".new")
        os.replace(state + ".new", state)
        torch.save({
            "state": decoder.state_dict(),
            "notes": {
                **kind["notes"], "image_range": f"{low},{low + (high - low) / WHITEST}", "training_data":
                f"{len(training)} images, split train, of {options.stack.split('/')[-1]}",
                "objective": "evidence lower bound, not adversarial", "licence": options.licence,
                "step": str(step + 1), "images_seen": str((step + 1) * batch), "seed": str(options.seed),
                "trained_by": f"PyTorch {torch.__version__}"}}, options.output + ".new")
        os.replace(options.output + ".new", options.output)
