"""Writes what PyTorch computes of the untrained decoder and of a denoiser to Tests/Fixtures.

    python3 Tests/PeerChecks/baseline_fixtures.py       (needs torch, safetensors)

Made with PyTorch 2.13.0 for CPU, in double precision.

- `baselines.json`: a normalisation, resizings, a whole convolutional decoder with the gradient of its
  parameters, and the image that a denoiser gives. Inputs and weights come from a formula (`wave`) that
  the Swift tests repeat, so only PyTorch's results are stored.
- `denoiser.safetensors`: a small ladder network whose encoder reads three channels, as PyTorch exports it.

Arrays are channels-first here and channels-last in the Swift code.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

tests = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(tests.parent / "protocols" / "training" / "pytorch"))

from ladder import WEIGHTS_FORMAT, Ladder  # noqa: E402


def wave(shape, seed):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.7548776662 * i * (seed + 1) + 0.31 * seed).reshape(shape)


def listed(tensor):
    return [float("%.9g" % v) for v in tensor.detach().reshape(-1).tolist()]


def normalization():
    x = wave((2, 5, 7, 3), 1).requires_grad_()
    layer = nn.BatchNorm2d(5).double()
    with torch.no_grad():
        layer.weight.copy_(1 + 0.2 * wave((5,), 2))
        layer.bias.copy_(0.1 * wave((5,), 3))
    y = layer(F.relu(x))
    y.backward(wave(y.shape, 4))
    return dict(forward=listed(y), input=listed(x.grad), scale=listed(layer.weight.grad),
                shift=listed(layer.bias.grad))


def resizings():
    sizes = [(3, 4, 7, 9), (5, 5, 9, 12), (4, 3, 4, 7), (8, 8, 14, 13), (6, 5, 3, 4)]
    cases = []
    for rows, columns, new_rows, new_columns in sizes:
        x = wave((1, 2, rows, columns), 5).requires_grad_()
        y = F.interpolate(x, size=(new_rows, new_columns), mode="nearest")
        y.backward(wave(y.shape, 6))
        cases.append(dict(rows=rows, columns=columns, newRows=new_rows, newColumns=new_columns,
                          forward=listed(y), input=listed(x.grad)))
    return cases


class ConvDecoder(nn.Module):
    """MLI-lab/ConvDecoder:include/decoder_conv.py, `convdecoder` with need_last, without skips, biases
    and sigmoid."""

    def __init__(self, sizes, channels, outputs):
        super().__init__()
        layers = []
        for size in [*sizes, None]:
            if size is not None:
                layers.append(nn.Upsample(size=size, mode="nearest"))
            layers += [nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.ReLU(),
                       nn.BatchNorm2d(channels)]
        self.net = nn.Sequential(*layers, nn.Conv2d(channels, outputs, 1, bias=False))

    def forward(self, x):
        return self.net(x)


def conv_decoder():
    rows, columns, channels, layers = 13, 11, 16, 4
    input_rows, input_columns, steps = 2, 3, layers - 1
    side = lambda first, last, n: math.ceil((last / first) ** (n / steps) * first)
    sizes = [(side(input_rows, rows, n), side(input_columns, columns, n))
             for n in range(1, steps)] + [(rows, columns)]
    model = ConvDecoder(sizes, channels, 2).double()
    with torch.no_grad():
        for seed, p in enumerate(model.parameters()):
            value = wave(p.shape, seed)
            is_scale = p.dim() == 1 and seed % 3 == 1
            p.copy_((1 if is_scale else 0) + 0.15 * value)
    y = model(0.5 + 0.5 * wave((1, channels, input_rows, input_columns), 40))
    y.backward(wave(y.shape, 41))
    return dict(sizes=sizes, image=listed(y),
                gradient=listed(torch.cat([p.grad.reshape(-1) for p in model.parameters()])))


def denoiser():
    model = Ladder([8, 6, 5], [2, 2, 1], [4, 5, 6], 2, 3).double()
    with torch.no_grad():
        for seed, (name, p) in enumerate(sorted(model.named_parameters())):
            p.copy_(0.15 * wave(p.shape, seed))
    state = {n: p.float() for n, p in model.state_dict().items()}
    save_file(state, tests / "Fixtures" / "denoiser.safetensors", dict(
        format=WEIGHTS_FORMAT, architecture=json.dumps(model.architecture), role="denoiser"))
    model.load_state_dict({n: p.double() for n, p in state.items()})
    image = 0.5 + 0.5 * wave((1, 2, 8, 12), 61)
    seen = torch.cat([image, torch.full((1, 1, 8, 12), 0.07, dtype=torch.float64)], 1)
    return listed(model.decode(model.encode(seen)))


results = dict(torch=torch.__version__, normalization=normalization(), resizings=resizings(),
               convDecoder=conv_decoder(), denoised=denoiser())
(tests / "Fixtures" / "baselines.json").write_text(json.dumps(results))
