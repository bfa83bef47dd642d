"""Image stacks for training, in the HDF5 layout that `mri-ilo train` reads.

    python3 stack.py head-*.h5 -o slices.h5 --val 1

makes one of the images that scans in fastMRI's layout hold (`reconstruction_rss`, or `_esc`): those of
the last scans become the split `val`, the others `train`.
"""

import argparse
import math
import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F

BRIGHTEST = 1.2
"""The value of an image's 99.8th percentile, 255 in a stack."""


def opened(path):
    """An HDF5 file; ends the program with a sentence if it is none."""
    try:
        return h5py.File(path)
    except OSError as error:
        sys.exit(f"{path}: no HDF5 file that can be read ({error})")


def read(path, split):
    """The images of a split, [count, rows, columns] of 8 bits; all are `train` if none is stated."""
    with opened(path) as file:
        images = file.get("images")
        if images is None or images.ndim != 3 or images.dtype != np.uint8:
            sys.exit(f"{path}: needs 'images' (count, rows, columns) of 8 bits")
        named = file["split"].asstr()[:] if "split" in file else np.full(len(images), "train")
        return torch.from_numpy(images[:][named == split])


def with_channels(images, channels):
    """Real images [batch, 1, rows, columns] with an imaginary part of 0 if there are two channels."""
    return images if channels == 1 else torch.cat([images, torch.zeros_like(images)], 1)


def whole(image, factor, channels):
    """An image of a stack without the last rows and columns that do not fill a multiple of `factor`:
    [1, channels, rows, columns]."""
    rows, columns = (side // factor * factor for side in image.shape)
    scaled = image[None, None, :rows, :columns].float() * (BRIGHTEST / 255)
    return with_channels(scaled, channels)


def views(
    stack, crop, batch, random, channels=1, zoom=(0.75, 1.25), shift=0.2, turned=0.3, tilt=0.3, gamma=0.4, field=0.25
):
    """Random views [batch, channels, crop, crop] of a stack, turned, zoomed, mirrored and of changed
    contrast, with the ranges of `Sources/Training/Augmentation.swift` unless stated otherwise.

    `turned` is the share that is turned by quarters, `tilt` the largest further angle in radians, `gamma` the
    largest magnitude of the logarithm of the contrast's exponent, `field` the deviation of the logarithm of the
    bias field.

    Two channels: real and imaginary part with a random phase of what is left when the smooth phase is
    taken off.
    """

    device = stack.device

    def uniform(low, high):
        return low + (high - low) * torch.rand(batch, generator=random, device=device)

    def normal(*shape):
        return torch.randn(*shape, generator=random, device=device)

    choice = torch.randint(len(stack), (batch,), generator=random, device=device)
    images = stack[choice][:, None].float() * (BRIGHTEST / 255)
    half_y, half_x = images.shape[2] / 2, images.shape[3] / 2
    turns = (uniform(0, 1) < turned) * torch.randint(
        1, 4, (batch,), generator=random, device=device
    )
    angle = uniform(-tilt, tilt) + math.pi / 2 * turns
    size = 1 / uniform(*zoom)
    cosine, sine = size * torch.cos(angle), size * torch.sin(angle)
    flip = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    # The view's centre, in pixels from the image's.
    y = uniform(-1, 1) * max(0, half_y - crop / 2)
    x = uniform(-1, 1) * max(0, half_x - crop / 2)
    side = crop / 2
    theta = torch.stack([
        torch.stack([cosine * flip * side, -sine * side, cosine * flip * x - sine * y], 1) / half_x,
        torch.stack([sine * flip * side, cosine * side, sine * flip * x + cosine * y], 1) / half_y,
    ], 1)
    theta[:, :, 2] += torch.stack([uniform(-shift, shift), uniform(-shift, shift)], 1)
    grid = F.affine_grid(theta, [batch, 1, crop, crop], align_corners=False)
    view = F.grid_sample(images, grid, align_corners=False)
    exponent = torch.exp(uniform(-gamma, gamma)).reshape(-1, 1, 1, 1)
    view = (view.clamp(0, 1.5) / 1.5) ** exponent * 1.5
    # The quadratic through a 3 × 3 grid: a smooth bias field.
    t = torch.linspace(0, 1, crop, device=device)
    basis = torch.stack([(1 - t) ** 2, 2 * t * (1 - t), t**2])
    nodes = torch.exp(field * normal(batch, 3, 3))
    bias = torch.einsum("nij,iy,jx->nyx", nodes, basis, basis)[:, None]
    view = view * bias * uniform(0.8, 1.2).reshape(-1, 1, 1, 1)
    if channels == 1:
        return view
    coarse = 0.25 * normal(batch, 1, 8, 8)
    phase = F.interpolate(coarse, size=(crop, crop), mode="bicubic", align_corners=False)
    return torch.cat([view * torch.cos(phase), view * torch.sin(phase)], 1)


def write(path, scans, held):
    """Writes the images of all scans, each image's 99.8th percentile as 255."""
    images, split, source = [], [], []
    for n, scan in enumerate(scans):
        with opened(scan) as file:
            names = [d for d in ("reconstruction_rss", "reconstruction_esc") if d in file]
            if not names:
                sys.exit(f"{scan}: holds neither reconstruction_rss nor reconstruction_esc")
            for image in np.abs(file[names[0]][:]):
                if images and image.shape != images[0].shape:
                    sys.exit(f"{scan}: images of {image.shape}, where others are {images[0].shape}")
                if not np.isfinite(image).all():
                    sys.exit(f"{scan}: an image holds values that are not finite")
                bright = max(np.percentile(image, 99.8), 1e-30)
                images.append(np.round(np.clip(image / bright, 0, 1) * 255).astype(np.uint8))
                split.append("val" if n >= len(scans) - held else "train")
                source.append(scan.split("/")[-1])
    with h5py.File(path, "w") as file:
        file["images"] = np.stack(images)
        for name, words in (("split", split), ("source", source)):
            file.create_dataset(name, data=words, dtype=h5py.string_dtype())
    print(f"{path}: {split.count('train')} images to train on, {split.count('val')} held out")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scans", nargs="+")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--val", type=int, default=1, help="scans whose images are held out")
    options = parser.parse_args()
    write(options.output, options.scans, options.val)
