"""Writes a trained ladder network as a weights file of mri-ilo.

    python3 export.py ladder.pt slices.h5 -o ladder.safetensors --values values.safetensors
    python3 export.py more.pt slices.h5 --half -o better.safetensors --start ladder.safetensors --share 0.7

The second is for weights that were trained further: 0.7 of them and 0.3 of those they started from
(Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022).
"""

import argparse
import json

import torch
from ladder import WEIGHTS_FORMAT, Ladder, layer_values
from safetensors import safe_open
from safetensors.torch import save_file
from stack import read, whole


@torch.no_grad()
def deviation_radii(model, images):
    """The l1 radius of each level: the 95th percentile over held-out images of the mean |ε|."""
    channels = model.architecture["encoderChannels"]
    means = torch.tensor([
        [e.abs().mean().item() for e in model.encode(whole(i, model.coarsest_factor, channels))]
        for i in images
    ])
    return means.sort(0).values[int(0.95 * (len(images) - 1) + 0.5)].tolist()


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("weights", help="what train.py saved")
parser.add_argument("stack", help="HDF5 stack whose split `val` calibrates the radii")
parser.add_argument("-o", "--output", required=True, help="safetensors file")
parser.add_argument("--values", help="file for the values of every layer, to check the import by")
parser.add_argument("--start", help="weights file that the training started from, to be mixed in")
parser.add_argument("--share", type=float, default=1, help="of the trained weights in the mixture")
parser.add_argument("--half", action="store_true", help="store half precision")
options = parser.parse_args()

saved = torch.load(options.weights, map_location="cpu")
model = Ladder(**saved["architecture"])
model.load_state_dict({name: value.float() for name, value in saved["state"].items()})
notes = saved["notes"]
if options.start:
    start = Ladder.load(options.start)
    if start.architecture != model.architecture or not 0 <= options.share <= 1:
        parser.error("a mixture needs networks of one architecture and a share from 0 to 1")
    with torch.no_grad():
        for parameter, before in zip(model.parameters(), start.parameters()):
            parameter.lerp_(before, 1 - options.share)
    with safe_open(options.start, "pt") as file:
        # What was calibrated holds for the former weights alone.
        calibrated = ("deviation_radii", "familiarity", "spread")
        before = {k: v for k, v in file.metadata().items() if k not in calibrated}
    notes = before | {
        "trained_further": f"{options.share:g} of the weights after {notes['step']} more steps on "
        f"{notes['training_data']}, seed {notes['seed']}, {notes['trained_by']}; the rest of those before"
    }
held = read(options.stack, "val")
metadata = notes | {"format": WEIGHTS_FORMAT, "architecture": json.dumps(model.architecture)}
if saved["notes"].get("task") == "denoise":
    # A denoiser has no use for radii, and reads a third channel that no image has.
    metadata["role"] = "denoiser"
    if options.values:
        parser.error("the values of layers are for networks that read images alone")
elif len(held) == 0:
    parser.error(f"{options.stack} has no images of the split 'val' to calibrate the radii on")
else:
    metadata["deviation_radii"] = ",".join(map(str, deviation_radii(model, held)))
state = model.state_dict()
save_file({n: p.half() for n, p in state.items()} if options.half else state, options.output, metadata)

if options.values:
    # A part of an image is enough, and keeps the file small.
    def middle(channels):
        image = whole(held[0], 2 * model.coarsest_factor, channels)
        rows, columns = (slice(max(0, n // 2 - 32), n // 2 + 32) for n in image.shape[2:])
        return image[:, :, rows, columns].contiguous()

    image = middle(model.architecture["imageChannels"])
    inputs = middle(model.architecture["encoderChannels"])
    noise = model.noise(1, *image.shape[2:], torch.Generator().manual_seed(1))
    values, text = layer_values(model, image, noise, inputs)
    save_file(values, options.values, text)
