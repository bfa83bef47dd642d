#!/usr/bin/env python3
"""Compares mri-ilo's coil maps, SENSE and L1-wavelet with BART's on one fully sampled scan.

    bart_comparison.py SCAN.h5 [--program mri-ilo] [--accel 4 8] [--seed 1]

SCAN.h5 is in fastMRI's layout; its first slice is undersampled by `mri-ilo recon`, which leaves
recon.h5 with `mask`, `coil_maps`, `reference` and the images. BART then gets the same samples:

 (a) `ecalib` maps against ours: the mean over the object of |<S1, S2>|^2, of unit vectors, so 1
     where they span the same space; and both against `ecalib` on the fully sampled scan.
 (b) `pics` with our maps: conjugate gradients (plain and with -l2), and l1-wavelet with BART's
     default wavelet and with haar, ours. The k-space is scaled as in mri-ilo (99th percentile of
     the zero-filled magnitude = 1) and -w 1 keeps BART from scaling again, so lambda means the
     same.

The figures are NMSE, PSNR and SSIM against `reference`, by fastMRI's definition. Exit status 1 if
our defaults have a larger NMSE than BART's at the same lambda, or our maps are further than BART's
from those of the full scan, by more than 2 % (rounding, and other random shifts).
Needs numpy, scikit-image, h5py and `bart` on the PATH.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
from skimage.metrics import structural_similarity

SLACK = 0.02
# The defaults of mri-ilo; BART's haar is its wavelet.
OUR_LAMBDA = {"sense": 0.02, "l1-wavelet": 0.005}


def write_cfl(path, array):
    """[coils, rows, columns] becomes BART's (rows, columns, 1, coils)."""
    array = np.moveaxis(array, 0, -1)[:, :, None, :].astype(np.complex64)
    path.with_suffix(".hdr").write_text(
        "# Dimensions\n" + " ".join(str(n) for n in array.shape) + "\n"
    )
    array.ravel(order="F").tofile(path.with_suffix(".cfl"))


def read_cfl(path):
    shape = [int(n) for n in path.with_suffix(".hdr").read_text().split("\n")[1].split()]
    array = np.fromfile(path.with_suffix(".cfl"), np.complex64).reshape(shape, order="F")
    array = array.reshape(array.shape[:4])
    return np.moveaxis(array[:, :, 0, :], -1, 0)


def bart(folder, *arguments):
    """Runs BART in `folder`; returns the seconds taken."""
    start = time.perf_counter()
    subprocess.run(["bart", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def coil_images(kspace):
    axes = (-2, -1)
    shifted = np.fft.ifftshift(kspace, axes=axes)
    return np.fft.fftshift(np.fft.ifft2(shifted, norm="ortho"), axes=axes)


def metrics(reference, image):
    image = np.abs(image).astype(np.float64)
    error = np.sum((reference - image) ** 2)
    peak = reference.max()
    return (
        error / np.sum(reference**2),
        10 * np.log10(peak**2 * reference.size / error),
        structural_similarity(reference, image, data_range=peak),
    )


def overlap(a, b, where):
    a, b = a[:, where], b[:, where]
    product = np.abs(np.sum(a.conj() * b, axis=0)) ** 2
    size = np.sum(np.abs(a) ** 2, axis=0) * np.sum(np.abs(b) ** 2, axis=0)
    return float(np.mean(product / np.maximum(size, 1e-30)))


def seconds(folder, method):
    """What metrics.csv says of the method's time, if anything."""
    path = folder / "metrics.csv"
    if path.exists():
        with open(path, newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                if line.get("method") == method and line.get("seconds"):
                    return float(line["seconds"])
    return float("nan")


def compare(options, accel, folder):
    methods = ["zero-filled", "sense", "l1-wavelet"]
    subprocess.run(
        [options.program, "recon", options.scan, "--accel", str(accel), "--mask", "random"]
        + ["--seed", str(options.seed), "--slices", "0"]
        + ["--method", ",".join(methods), "-o", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with h5py.File(folder / "recon.h5", "r") as file:
        mask = file["mask"][:] > 0
        maps = file["coil_maps"][0]
        reference = file["reference"][0].astype(np.float64)
        ours = {methods[0]: file["reconstruction"][0]}
        ours |= {name: file["reconstruction_" + name][0] for name in methods[1:]}
    with h5py.File(options.scan, "r") as file:
        full = file["kspace"][0]
    sampled = full * mask
    centre = len(mask) // 2
    gaps = np.flatnonzero(~mask)
    lines = gaps[gaps > centre].min() - gaps[gaps < centre].max() - 1
    print(f"\n{accel}x asked, {len(mask) / mask.sum():.2f}x true, {lines} calibration lines")

    scale = np.percentile(np.abs(np.sum(maps.conj() * coil_images(sampled), axis=0)), 99)
    for name, array in (("full", full / scale), ("k", sampled / scale), ("maps", maps)):
        write_cfl(folder / name, array)

    failures = []
    bart(folder, "ecalib", "-m1", "-c0", "k", "bartmaps")
    bart(folder, "ecalib", "-m1", "-c0", "full", "fullmaps")
    bart_maps, full_maps = read_cfl(folder / "bartmaps"), read_cfl(folder / "fullmaps")
    where = reference > 0.1 * np.percentile(reference, 99)
    both, our_share, bart_share = (
        overlap(maps, bart_maps, where),
        overlap(maps, full_maps, where),
        overlap(bart_maps, full_maps, where),
    )
    print(f"maps: ours with BART's {both:.5f}; with BART's of the full scan: ours {our_share:.5f}, ")
    print(f"      BART's {bart_share:.5f}")
    if 1 - our_share > (1 - bart_share) * (1 + SLACK):
        failures.append("maps")

    def row(label, image, time_taken):
        nmse, psnr, ssim = metrics(reference, image)
        print(f"{label:42s} {nmse:.5f} {psnr:7.3f} {ssim:.4f} {time_taken:6.2f}")
        return nmse

    print(f"{'':42s} {'NMSE':7s} {'PSNR':7s} {'SSIM':6s} {'s':>6s}")
    errors = {
        name: row(f"ours {name}", image, seconds(folder, name)) for name, image in ours.items()
    }

    def pics(label, *arguments):
        taken = bart(folder, "pics", "-w", "1", *arguments, "k", "maps", "image")
        return row(label, read_cfl(folder / "image")[0] * scale, taken)

    pics("pics, 30 iterations", "-i", "30")
    for weight in (0.003, 0.01, 0.02, 0.03):
        nmse = pics(f"pics -l2 -r {weight}, 30 iterations", "-l2", "-r", str(weight), "-i", "30")
        if weight == OUR_LAMBDA["sense"] and errors["sense"] > nmse * (1 + SLACK):
            failures.append("sense")
    for wavelet in options.wavelets:
        for weight in options.lambdas:
            nmse = pics(
                f"pics -R W:3:0:{weight} {wavelet}, {options.iterations} iterations",
                *("--wavelet", wavelet, "-R", f"W:3:0:{weight}", "-i", str(options.iterations)),
            )
            if weight == OUR_LAMBDA["l1-wavelet"] and errors["l1-wavelet"] > nmse * (1 + SLACK):
                failures.append(f"l1-wavelet ({wavelet})")
    return failures


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scan")
    parser.add_argument("--program", default="mri-ilo")
    parser.add_argument("--accel", type=int, nargs="+", default=[4, 8])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--lambdas", type=float, nargs="+", default=[0.001, 0.002, 0.003, 0.005, 0.01, 0.02]
    )
    parser.add_argument("--wavelets", nargs="+", default=["dau2", "haar"])
    parser.add_argument("--iterations", type=int, default=100, help="of l1-wavelet in BART")
    options = parser.parse_args()
    version = subprocess.run(["bart", "version"], capture_output=True, text=True, check=True)
    print(f"BART {version.stdout.strip()}, numpy {np.__version__}, seed {options.seed}")
    failures = []
    for accel in options.accel:
        with tempfile.TemporaryDirectory() as folder:
            failures += [f"{accel}x {name}" for name in compare(options, accel, pathlib.Path(folder))]
    print(f"\nworse than BART's: {', '.join(failures) or 'nothing'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
