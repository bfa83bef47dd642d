"""Writes small decoders as PyTorch keeps them, and what PyTorch computes of them.

    python3 Tests/PeerChecks/decoder_fixtures.py       (needs torch, safetensors)

Made with PyTorch 2.15.0 for CPU, in double precision. Tests/Fixtures/decoder-1.safetensors has the layers of a
DCGAN's generator (pytorch/examples:dcgan/main.py), -2 dense layers and a rectangular image, as a variational
autoencoder's decoder, -3 both with every kind of bias and batch normalisation; `-values` beside each holds a
latent, its image, and the gradient with respect to the latent. Normalisations are those of evaluation.
"""

import math
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

fixtures = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"


def wave(shape, seed):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.7548776662 * i * (seed + 1) + 0.31 * seed).reshape(shape)


def up(inputs, outputs, bias=False):
    return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)


dcgan = nn.Sequential(
    nn.ConvTranspose2d(5, 7, 4, 1, 0, bias=False), nn.BatchNorm2d(7), nn.ReLU(),
    up(7, 6), nn.BatchNorm2d(6), nn.ReLU(), up(6, 1), nn.Tanh())
dense = nn.Sequential(
    nn.Linear(4, 9), nn.Softplus(), nn.Linear(9, 8), nn.Softplus(), nn.Linear(8, 6 * 10), nn.Sigmoid())
both = nn.Sequential(
    nn.Linear(6, 10), nn.BatchNorm1d(10), nn.LeakyReLU(0.2), nn.Linear(10, 5 * 3 * 2), nn.LeakyReLU(0.2),
    nn.Unflatten(1, (5, 3, 2)), up(5, 17, bias=True), nn.BatchNorm2d(17), nn.LeakyReLU(0.2), up(17, 1, bias=True))
NETWORKS = [
    (dcgan, (5, 1, 1), "", None),
    (dense, (4,), "module.", {
        "activation": "softplus", "output_activation": "sigmoid", "image_shape": "6,10", "image_range": "0,0.5"}),
    (both, (6,), "", {
        "activation": "leaky", "output_activation": "none", "image_shape": "12,8", "batch_norm_epsilon": "0.01"}),
]

for number, (network, latent, prefix, metadata) in enumerate(NETWORKS, 1):
    network.double().eval()
    for i, (name, tensor) in enumerate(network.state_dict().items()):
        if not name.endswith("num_batches_tracked"):
            value = 0.5 * wave(tensor.shape, i)
            tensor.copy_(value.abs() + 0.3 if name.endswith("running_var") else value)
    for module in network:
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and metadata:
            module.eps = float(metadata["batch_norm_epsilon"])
    z = (2 * wave(latent, 90)).requires_grad_()
    image = network(z[None])
    (image * wave(image.shape, 92)).sum().backward()
    values = {"z": z.detach().flatten(), "image": image.detach().flatten(), "z.gradient": z.grad.flatten()}
    state = {f"{prefix}main.{n}": t for n, t in network.state_dict().items() if "num_batches" not in n}
    for name, tensors in [("", state), ("-values", values)]:
        save_file(
            {n: t.float().contiguous() for n, t in tensors.items()}, fixtures / f"decoder-{number}{name}.safetensors",
            metadata={"program": f"PyTorch {torch.__version__}"} if name else metadata)
