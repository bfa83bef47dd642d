"""Every layer of a weights file against PyTorch, values and gradients.

    python3 Tests/PeerChecks/layers_vs_pytorch.py WEIGHTS.safetensors --program .build/release/mri-ilo

Loads the weights into the module of protocols/training/pytorch, computes one loss and its gradient on
images that the decoder itself draws from random deviations, and has `mri-ilo weights import --check`
print the differences of all layers. Fails where they are more than rounding explains.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "protocols/training/pytorch"))

from ladder import Ladder, layer_values  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("weights")
parser.add_argument("--program", default=".build/release/mri-ilo")
parser.add_argument("--side", type=int, default=96)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()

model = Ladder.load(options.weights)
random = torch.Generator().manual_seed(options.seed)
with torch.no_grad():
    images = model.decode([0.5 * e for e in model.noise(2, options.side, options.side, random)])
channels = model.architecture["encoderChannels"]
inputs = torch.cat([images, torch.zeros_like(images)], 1)[:, :channels]
values, text = layer_values(
    model, images + 0.05, model.noise(2, options.side, options.side, random), inputs
)
with tempfile.TemporaryDirectory() as folder:
    save_file(values, f"{folder}/values.safetensors", text)
    print(f"Python {sys.version.split()[0]}, {text['program']}, {model.architecture}", flush=True)
    sys.exit(subprocess.run([
        options.program, "weights", "import", options.weights, "-o", f"{folder}/own.safetensors",
        "--check", f"{folder}/values.safetensors",
    ]).returncode)
