#!/usr/bin/env python3
"""Compares mri-ilo's GRAPPA with pygrappa's on the first slice of a fully sampled scan.

    grappa_vs_pygrappa.py SCAN.h5 [--program mri-ilo] [--accel 2 3 4] [--mask equispaced] [--seed 1]

SCAN.h5 is in fastMRI's layout. `mri-ilo recon --method grappa` leaves recon.h5 with mask, coil maps and image;
pygrappa fills the same k-space with its defaults (kernel 5 x 5, lamda 0.01), and the same maps combine its coils. The
kernels differ: ours takes the nearest sampled column on either side, pygrappa's what a window of five columns
holds, with zeros about the calibration lines. Figures: NMSE and PSNR against the fully sampled image of the same
maps, by its largest value. Status 1 if ours has a larger NMSE by more than 2 %.
Needs numpy, h5py, pygrappa and scikit-image.
"""
import argparse
import importlib.metadata
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
from pygrappa import grappa


def coil_images(kspace):
    axes = (-2, -1)
    return np.fft.fftshift(np.fft.ifft2(np.fft.ifftshift(kspace, axes=axes), norm="ortho"), axes=axes)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scan")
    parser.add_argument("--program", default="mri-ilo")
    parser.add_argument("--accel", type=float, nargs="+", default=[2, 3, 4])
    parser.add_argument("--mask", default="equispaced")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with h5py.File(options.scan) as file:
        kspace = file["kspace"][0]
    print(f"pygrappa {importlib.metadata.version('pygrappa')}, {options.mask} mask, seed {options.seed}")
    print("| asked (true), calibration lines | program | NMSE | PSNR dB | seconds |\n|---|---|---|---|---|")
    worse = False
    for accel in options.accel:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run(
                [options.program, "recon", options.scan, "--slices", "0", "--accel", str(accel), "--mask", options.mask,
                 "--seed", str(options.seed), "--method", "grappa", "-o", folder + "/run"],
                check=True, stdout=subprocess.DEVNULL)
            ours_seconds = time.perf_counter() - start
            with h5py.File(pathlib.Path(folder) / "run" / "recon.h5") as file:
                mask = file["mask"][:].astype(bool)
                maps = file["coil_maps"][0]
                image = file["grappa"][0] if "grappa" in file else file["reconstruction"][0]
        reference = np.sum(maps.conj() * coil_images(kspace), axis=0)
        under = kspace * mask
        centre = len(mask) // 2
        low = centre - next(i for i in range(centre) if not mask[centre - i - 1])
        high = centre + next(i for i in range(centre) if not mask[centre + i])
        start = time.perf_counter()
        filled = grappa(under, under[..., low:high], coil_axis=0)
        seconds = time.perf_counter() - start
        theirs = np.sum(maps.conj() * coil_images(filled), axis=0)
        errors = {}
        for name, value, spent in (("mri-ilo", image, ours_seconds), ("pygrappa", theirs, seconds)):
            value, truth = np.abs(value).astype(float), np.abs(reference).astype(float)
            square = np.sum((value - truth) ** 2)
            errors[name] = square / np.sum(truth ** 2)
            psnr = 10 * np.log10(truth.max() ** 2 * truth.size / square)
            print(f"| {accel:g} ({len(mask) / mask.sum():.2f}), {high - low} | {name} | {errors[name]:.5f} | {psnr:.2f} "
                  f"| {spent:.2f} |")
        worse = worse or errors["mri-ilo"] > 1.02 * errors["pygrappa"]
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
