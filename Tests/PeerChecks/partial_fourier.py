#!/usr/bin/env python3
"""Measures what homodyne detection and POCS bring back of a scan whose lines are cut off on one side.

    partial_fourier.py SCAN.h5 [--program mri-ilo] [--eighths 5 6 7]

SCAN.h5 is a fully sampled scan in fastMRI's layout; of its first slice so many eighths of the columns are left,
the missing ones on the right. `mri-ilo recon --partial-fourier zero | homodyne | pocs --reference rss` fills the
rest; the reference that it makes, the root of the sum of squares, is compared with that of all columns, and so is
that of `bart homodyne`. NMSE and PSNR (range: the largest value). Exit status 1 if POCS is no better than zeros at
5/8 or 6/8, or if our homodyne has more than 1.05 times the error of BART's.
Needs numpy, h5py and `bart` on the PATH.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np


def images(kspace):
    axes = (-2, -1)
    return np.fft.fftshift(
        np.fft.ifft2(np.fft.ifftshift(kspace, axes=axes), axes=axes, norm="ortho"), axes=axes)


def rss(values):
    return np.sqrt(np.sum(np.abs(values.astype(np.complex128)) ** 2, axis=0))


def bart_homodyne(kspace, eighths, folder):
    """The root of the sum of squares over the coils, (rows, columns)."""
    array = np.moveaxis(kspace, 0, -1)[:, :, None, :].astype(np.complex64)
    folder.joinpath("k.hdr").write_text(
        "# Dimensions\n" + " ".join(str(n) for n in array.shape) + "\n")
    array.ravel(order="F").tofile(folder / "k.cfl")
    subprocess.run(
        ["bart", "homodyne", "1", str(eighths / 8), "k", "x"], cwd=folder, check=True,
        stdout=subprocess.DEVNULL)
    values = np.fromfile(folder / "x.cfl", np.complex64).reshape(array.shape, order="F")
    return rss(np.moveaxis(values[:, :, 0, :], -1, 0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scan")
    parser.add_argument("--program", default="mri-ilo")
    parser.add_argument("--eighths", type=int, nargs="+", default=[5, 6, 7])
    options = parser.parse_args()
    with h5py.File(options.scan, "r") as file:
        full = file["kspace"][0]
    truth = rss(images(full))
    failed = False
    for eighths in options.eighths:
        part = full.copy()
        part[..., round(full.shape[-1] * eighths / 8):] = 0
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            with h5py.File(folder / "scan.h5", "w") as file:
                file["kspace"] = part[None]
            result = {}
            for filling in ("zero", "homodyne", "pocs"):
                out = folder / filling
                subprocess.run(
                    [options.program, "recon", str(folder / "scan.h5"), "--method", "zero-filled"]
                    + ["--reference", "rss", "--partial-fourier", filling, "-o", str(out)],
                    check=True, capture_output=True)
                with h5py.File(out / "recon.h5", "r") as file:
                    result[filling] = file["reference"][0].astype(float)
            # BART scales to its own transform, which is not unitary.
            theirs = bart_homodyne(part, eighths, folder)
            result["BART homodyne"] = theirs * np.sum(theirs * truth) / np.sum(theirs**2)
        errors = {}
        for filling, image in result.items():
            error = np.sum((image - truth) ** 2)
            errors[filling] = error / np.sum(truth**2)
            psnr = 10 * np.log10(truth.max() ** 2 * truth.size / error)
            print(f"{eighths}/8 {filling}: NMSE {errors[filling]:.6f}, PSNR {psnr:.2f} dB")
        failed |= eighths < 7 and errors["pocs"] >= errors["zero"]
        failed |= errors["homodyne"] > 1.05 * errors["BART homodyne"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
