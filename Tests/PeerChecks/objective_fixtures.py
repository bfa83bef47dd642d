"""Writes what PyTorch computes of the training objectives to Tests/Fixtures/objectives.json.

    python3 Tests/PeerChecks/objective_fixtures.py       (needs torch, safetensors)

Made with PyTorch 2.15.0 on the CPU, in double precision. Inputs and weights come from a formula (`wave`) that the
Swift tests repeat. The ladder network is that of protocols/training/pytorch.

- `discriminator`: scores of a patch discriminator, its hinge losses and penalty, and their gradients.
- `batchScale`: the loss |y − x| / b + log b with the scale b of the batch, whose gradient PyTorch takes through b.
- `balanced`: the factors that the code of NVAE gives the divergences (`kl_balancer`), and the loss with them.
"""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F

tests = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(tests.parent / "protocols" / "training" / "pytorch"))

from ladder import Ladder  # noqa: E402


def wave(shape, seed):
    n = 1
    for s in shape:
        n *= s
    i = torch.arange(n, dtype=torch.float64)
    return torch.sin(0.7548776662 * i * (seed + 1) + 0.31 * seed).reshape(shape)


def listed(tensor):
    return [float("%.9g" % v) for v in tensor.detach().reshape(-1).tolist()]


def sums(parameters):
    return dict(
        norms={name: p.grad.norm().item() for name, p in parameters.items()},
        sums={name: p.grad.sum().item() for name, p in parameters.items()})


def discriminator():
    channels, width, step, weight = 2, 5, 0.1, 0.7
    widths = [channels, width, 2 * width, 4 * width]
    shapes = [(f"down{k}", (widths[k + 1], widths[k], 4, 4)) for k in range(3)]
    shapes.append(("score", (1, widths[3], 3, 3)))
    parameters = {}
    for name, shape in shapes:
        parameters[f"{name}.weight"] = 0.6 * wave(shape, len(parameters))
        parameters[f"{name}.bias"] = 0.6 * wave(shape[:1], len(parameters))
    for p in parameters.values():
        p.requires_grad_()

    def scores(x):
        for k in range(3):
            x = F.conv2d(x if k == 0 else F.leaky_relu(x, 0.2), parameters[f"down{k}.weight"],
                         parameters[f"down{k}.bias"], stride=2, padding=1)
        return F.conv2d(F.leaky_relu(x, 0.2), parameters["score.weight"],
                        parameters["score.bias"], padding=1)

    shape = (2, channels, 16, 24)
    real, drawn = 3 * wave(shape, 80), (2 * wave(shape, 81)).requires_grad_()
    moved = real + step * wave(shape, 82)
    hinge = F.relu(1 - scores(real)).mean() + F.relu(1 + scores(drawn)).mean()
    penalty = weight / 2 * (((scores(moved) - scores(real)) / step) ** 2).mean()
    (hinge + penalty).backward()
    found = dict(scores=listed(scores(real)), hinge=hinge.item(), penalty=penalty.item(),
                 gradients=sums(parameters))
    drawn.grad = None
    generator = -scores(drawn).mean()
    generator.backward()
    return found | dict(generator=generator.item(), image=listed(drawn.grad))


def networks():
    model = Ladder([16, 12, 16], [3, 2, 1], [8, 16, 12], 2, 2).double()
    with torch.no_grad():
        for seed, (_, p) in enumerate(sorted(model.named_parameters())):
            p.copy_(0.15 * wave(p.shape, seed))
    rows, columns, weight = 8, 12, 0.7
    x = 0.5 + 0.5 * wave((2, 2, rows, columns), 61)
    noise = [wave((2, z, rows >> (2 - k), columns >> (2 - k)), 70 + k)
             for k, z in enumerate([3, 2, 1])]
    parameters = dict(model.named_parameters())

    drawn, divergences = model.evidence(x, noise)
    model.zero_grad()
    b = (drawn - x).abs().mean()
    (((drawn - x).abs() / b).mean() + b.log() + weight * sum(divergences) / x.numel()).backward()
    scale = dict(scale=b.item(), gradients=sums(parameters))

    # NVlabs/NVAE, utils.py: kl_per_group and kl_balancer, alpha being the latents of each level over the least.
    drawn, divergences = model.evidence(x, noise)
    model.zero_grad()
    latents = torch.tensor([n[0].numel() for n in noise], dtype=torch.float64)
    shares = (torch.stack(divergences) / 2).abs() + 0.01
    shares = shares / (latents / latents.min()) * shares.sum()
    factors = (shares / shares.mean()).detach()
    divergence = (torch.stack(divergences) * factors).sum() / x.numel()
    ((drawn - x).abs().mean() / 0.5 + weight * divergence).backward()
    return scale, dict(factors=listed(factors), gradients=sums(parameters))


scale, balanced = networks()
path = tests / "Fixtures" / "objectives.json"
path.write_text(json.dumps(dict(
    torch=torch.__version__, discriminator=discriminator(), batchScale=scale, balanced=balanced)))
print(path.name, path.stat().st_size, "bytes")
