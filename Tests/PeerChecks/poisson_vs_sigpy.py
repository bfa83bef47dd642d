#!/usr/bin/env python3
"""Compares the Poisson-disc masks of mri-ilo with SigPy's: acceleration, density and distances by ring.

    mri-ilo simulate -o head.h5 --slices 1 --coils 2
    python3 Tests/PeerChecks/poisson_vs_sigpy.py head.h5 --accel 8 --program .build/release/mri-ilo

The two draw from different generators, so points differ; what a user asks for must not. A ring is a tenth
of the way from the calibration square to the edge of k-space. Needs numpy, scipy, h5py and sigpy.
"""

import argparse
import subprocess
import tempfile

import h5py
import numpy as np
import sigpy
import sigpy.mri
from scipy.spatial import cKDTree


def rings(shape, side):
    rows, columns = shape
    y = np.maximum(abs(np.arange(rows) - rows / 2) - side / 2, 0)
    x = np.maximum(abs(np.arange(columns) - columns / 2) - side / 2, 0)
    return np.hypot(y[:, None] / y.max(), x[None] / x.max())


def figures(mask, distance):
    """Of each ring: the share of points that is sampled, and the mean distance to the next one."""
    places = np.argwhere(mask)
    nearest = np.full(mask.shape, np.nan)
    nearest[mask] = cKDTree(places).query(places, k=2)[0][:, 1]
    table = []
    for low in np.arange(0.1, 1, 0.2):
        ring = (distance >= low) & (distance < low + 0.2)
        table.append((mask[ring].mean(), np.nanmean(nearest[ring])))
    return table


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scan")
    parser.add_argument("--accel", type=float, default=8)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--program", default="mri-ilo")
    options = parser.parse_args()
    found = {"mri-ilo": [], "sigpy": []}
    achieved = {"mri-ilo": [], "sigpy": []}
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [options.program, "recon", options.scan, "--accel", str(options.accel), "--mask",
                 "poisson", "--seed", str(seed), "--method", "zero-filled", "-o", folder + "/run"],
                check=True, stdout=subprocess.DEVNULL)
            with h5py.File(folder + "/run/recon.h5") as file:
                ours = file["mask"][:].astype(bool)
        theirs = sigpy.mri.poisson(ours.shape, options.accel, calib=(24, 24), seed=seed).real > 0.5
        distance = rings(ours.shape, 24)
        for name, mask in (("mri-ilo", ours), ("sigpy", theirs)):
            found[name].append(figures(mask, distance))
            achieved[name].append(mask.size / mask.sum())
    print(f"sigpy {sigpy.__version__}, {ours.shape[0]} × {ours.shape[1]}, {options.seeds} seeds")
    for name in found:
        print(f"{name}: achieved {np.mean(achieved[name]):.3f}x")
        for low, (density, nearest) in zip(np.arange(0.1, 1, 0.2), np.mean(found[name], axis=0)):
            print(f"  ring {low:.1f} to {low + 0.2:.1f}: {100 * density:5.1f} % sampled, "
                  f"next point {nearest:.2f} samples away")


if __name__ == "__main__":
    main()
