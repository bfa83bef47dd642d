"""Writes what PyTorch computes of layers and networks to Tests/Fixtures.

    python3 Tests/PeerChecks/pytorch_fixtures.py       (needs torch, safetensors)

Made with PyTorch 2.13.0 for CPU, in double precision, with the module of protocols/training/pytorch.

- `pytorch.json`: convolutions, and networks of real and complex images. Inputs and weights come from a
  formula (`wave`) that the Swift tests repeat, so only PyTorch's results are stored.
- `ladder-1.safetensors`, `ladder-2.safetensors`: small networks as PyTorch exports them. The first is a
  bare state in F32; the second has a prefix, is BF16 and states its architecture.
- `ladder-1-values.safetensors`, …: the values and gradients of all their layers.

Arrays are channels-first here and channels-last in the Swift code.
"""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

tests = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(tests.parent / "protocols" / "training" / "pytorch"))

from ladder import WEIGHTS_FORMAT, Ladder, layer_values  # noqa: E402

torch.set_grad_enabled(True)


def wave(shape, seed):
    n = 1
    for s in shape:
        n *= s
    i = torch.arange(n, dtype=torch.float64)
    return torch.sin(0.7548776662 * i * (seed + 1) + 0.31 * seed).reshape(shape)


def listed(tensor):
    return [float("%.9g" % v) for v in tensor.detach().reshape(-1).tolist()]


def layers():
    cases = []
    for inputs, outputs, kernel, rows, columns, up in [
        (16, 16, 3, 9, 7, False),
        (5, 7, 3, 6, 5, False),
        (16, 32, 3, 3, 4, True),
        (3, 5, 4, 6, 8, False),
        (2, 16, 1, 5, 3, False),
    ]:
        x = wave((2, inputs, rows, columns), 1).requires_grad_()
        w = wave((outputs, inputs, kernel, kernel), 2).requires_grad_()
        b = wave((outputs,), 3).requires_grad_()
        h = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) if up else x
        y = F.conv2d(F.leaky_relu(h, 0.2), w, b, stride=2 if kernel == 4 else 1,
                     padding=0 if kernel == 1 else 1)
        y.backward(wave(y.shape, 4))
        cases.append(dict(inputs=inputs, outputs=outputs, kernel=kernel, rows=rows,
                          columns=columns, upsampled=up, forward=listed(y), input=listed(x.grad),
                          weights=listed(w.grad), bias=listed(b.grad)))
    return cases


def waves(model):
    """Parameters by formula, seeded by the place of their names in the alphabet."""
    with torch.no_grad():
        for seed, (name, p) in enumerate(sorted(model.named_parameters())):
            p.copy_(0.15 * wave(p.shape, seed))
    return model


def network(channels):
    model = waves(Ladder([16, 12, 16], [3, 2, 1], [8, 16, 12], channels, channels).double())
    rows, columns, latents = 8, 12, model.architecture["latents"]
    shape = lambda k: (2, latents[k], rows >> (2 - k), columns >> (2 - k))
    deviations = [wave(shape(k), 50 + k).requires_grad_() for k in range(3)]
    features = []
    hooks = [
        level.exit.register_forward_hook(lambda *given: features.append(listed(given[2])))
        for level in model.levels
    ]
    image = model.decode(deviations)
    for hook in hooks:
        hook.remove()
    image.backward(wave(image.shape, 60))
    decode = dict(image=listed(image), features=features,
                  gradients=[listed(e.grad) for e in deviations])
    x = 0.5 + 0.5 * wave((2, channels, rows, columns), 61)
    noise = [wave(shape(k), 70 + k) for k in range(3)]
    drawn, divergences = model.evidence(x, noise)
    model.zero_grad()
    model.loss(x, noise, image_scale=0.5, weight=0.7).backward()
    gradients = {name: p.grad for name, p in model.named_parameters()}
    return dict(
        decode=decode, encode=[listed(e) for e in model.encode(x)],
        absoluteError=(drawn - x).abs().mean().item(),
        divergences=[d.item() / x.numel() for d in divergences],
        gradientNorms={name: g.norm().item() for name, g in gradients.items()},
        gradientSums={name: g.sum().item() for name, g in gradients.items()})


def exported(channels):
    """A small network as a file, and the values of its layers."""
    model = waves(Ladder([8, 6, 5], [2, 2, 1], [4, 5, 6], channels, channels).double())
    name = f"ladder-{channels}"
    if channels == 1:
        state, metadata = {n: p.float() for n, p in model.state_dict().items()}, None
    else:
        state = {f"module.{n}": p.bfloat16() for n, p in model.state_dict().items()}
        metadata = dict(format=WEIGHTS_FORMAT, architecture=json.dumps(model.architecture),
                        licence="CC0", deviation_radii="0.75,0.5,0.25")
    model.load_state_dict({n.removeprefix("module."): p.double() for n, p in state.items()})
    save_file(state, fixtures / f"{name}.safetensors", metadata)
    shape = (2, channels, 8, 12)
    images, inputs = 0.5 + 0.5 * wave(shape, 61), 0.4 + 0.5 * wave(shape, 62)
    noise = [wave((2, z, 2 << k, 3 << k), 70 + k) for k, z in enumerate([2, 2, 1])]
    # One level is free.
    values, text = layer_values(model, images, noise, inputs, 0.5, 0.7, (0.0, 1e3))
    save_file(values, fixtures / f"{name}-values.safetensors", text)


fixtures = tests / "Fixtures"
for channels in (1, 2):
    exported(channels)
(fixtures / "pytorch.json").write_text(json.dumps(dict(
    torch=torch.__version__, layers=layers(), networks=[network(1), network(2)])))
for path in sorted(fixtures.iterdir()):
    print(path.name, path.stat().st_size, "bytes")
