#!/usr/bin/env python3
"""Compares mri-ilo's two sets of coil maps with BART's on an object larger than the field of view.

    map_sets.py [--program mri-ilo] [--sizes 256x192 191x157]

An object 1.3 times as wide as the field of view, seen by 8 coils whose sensitivities are known, is folded onto it
and sampled at every second column with 24 calibration lines. `mri-ilo recon --method sense` with one set and with
two is compared with `bart ecalib -m1 | -m2` and `bart pics`, both with 30 iterations of conjugate gradients and
the weight 0.002 on data of one scale. The image is the root of the sum of squares over the sets. Printed is the
NMSE against the root of the sum of squares of all data; exit status 1 if two sets of ours are not better than a
quarter of one, or have more than 1.1 times BART's error.
Needs numpy, h5py and `bart` on the PATH.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

WEIGHT = 0.002


def folded(rows, columns, coils=8, extent=1.3, noise=1e-3):
    """K-space (coils, rows, columns) of the object, both places of each pixel added up."""
    y = (2 * (np.arange(rows) - rows // 2) / rows)[:, None]
    inside = (2 * (np.arange(columns) - columns // 2) / columns)[None, :]
    images = np.zeros((coils, rows, columns), complex)
    for x in (inside, inside + np.where(inside < 0, 2, -2)):
        radius = (x / extent) ** 2 + (y / 0.8) ** 2
        texture = 1 + 0.4 * np.cos(7 * x + 3 * y) + 0.5 * (radius < 0.3)
        thing = np.where(radius < 1, texture * np.exp(0.5j * x), 0)
        for coil in range(coils):
            angle = 2 * np.pi * coil / coils
            dx, dy = x - 1.8 * np.cos(angle), y - 1.2 * np.sin(angle)
            images[coil] += thing * np.exp(
                -0.7 * (dx**2 + dy**2) + 1j * (angle + 0.4 * dx + 0.5 * dy))
    kspace = transform(images, np.fft.fft2)
    random = np.random.default_rng(2)
    return kspace + noise * (random.normal(size=kspace.shape) + 1j * random.normal(size=kspace.shape))


def transform(values, function):
    axes = (-2, -1)
    return np.fft.fftshift(
        function(np.fft.ifftshift(values, axes=axes), axes=axes, norm="ortho"), axes=axes)


def write_cfl(path, array):
    """(coils, rows, columns) becomes BART's (rows, columns, 1, coils)."""
    array = np.moveaxis(array, 0, -1)[:, :, None, :].astype(np.complex64)
    path.with_suffix(".hdr").write_text(
        "# Dimensions\n" + " ".join(str(n) for n in array.shape) + "\n")
    array.ravel(order="F").tofile(path.with_suffix(".cfl"))


def read_cfl(path):
    shape = [int(n) for n in path.with_suffix(".hdr").read_text().split("\n")[1].split()]
    return np.fromfile(path.with_suffix(".cfl"), np.complex64).reshape(shape, order="F")


def nmse(image, truth):
    return float(np.sum((np.abs(image) - truth) ** 2) / np.sum(truth**2))


def compare(options, rows, columns, folder):
    kspace = folded(rows, columns)
    truth = np.sqrt(np.sum(np.abs(transform(kspace, np.fft.ifft2)) ** 2, axis=0))
    mask = np.arange(columns) % 2 == (columns // 2) % 2
    mask[columns // 2 - 12 : columns // 2 + 12] = True
    sampled = (kspace * mask).astype(np.complex64)
    with h5py.File(folder / "scan.h5", "w") as file:
        file["kspace"] = sampled[None]
        file["mask"] = mask.astype(np.float32)
    result = {}
    for sets in (1, 2):
        out = folder / f"out{sets}"
        subprocess.run(
            [options.program, "recon", str(folder / "scan.h5"), "--method", "sense"]
            + ["--lambda", str(WEIGHT), "--maps", str(sets), "-o", str(out)],
            check=True, capture_output=True)
        with h5py.File(out / "recon.h5", "r") as file:
            ours = file["reconstruction"][0]
            maps = file["coil_maps"][0]
        scale = np.percentile(
            np.abs(np.sum(maps.conj() * transform(sampled, np.fft.ifft2), axis=0)), 99)
        write_cfl(folder / "k", sampled / scale)
        for command in (
            ["ecalib", f"-m{sets}", "k", f"maps{sets}"],
            ["pics", "-w1", "-i30", "-l2", "-r", str(WEIGHT), "k", f"maps{sets}", f"x{sets}"],
        ):
            subprocess.run(["bart", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        image = read_cfl(folder / f"x{sets}") * scale
        theirs = np.sqrt(np.sum(np.abs(image.reshape(rows, columns, -1)) ** 2, axis=-1))
        result[sets] = (nmse(ours, truth), nmse(theirs, truth))
        print(f"{rows} x {columns}, {sets} set{'s' * (sets > 1)}: "
              f"ours {result[sets][0]:.6f}, BART {result[sets][1]:.6f}")
    return result[2][0] > 0.25 * result[1][0] or result[2][0] > 1.1 * result[2][1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="mri-ilo")
    parser.add_argument("--sizes", nargs="+", default=["256x192", "191x157"])
    options = parser.parse_args()
    failed = False
    for size in options.sizes:
        rows, columns = map(int, size.split("x"))
        with tempfile.TemporaryDirectory() as name:
            failed |= compare(options, rows, columns, pathlib.Path(name))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
