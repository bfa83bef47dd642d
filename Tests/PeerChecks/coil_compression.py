#!/usr/bin/env python3
"""Compares mri-ilo's coil compression with BART's `cc` and with NumPy's SVD on one scan.

    coil_compression.py SCAN.h5 [--program mri-ilo] [--coils 1 2 3 4 5 6]

SCAN.h5 is fully sampled. `mri-ilo convert` writes it for BART with all coils, and once more for each number of
virtual coils and each kind. For each the table has the share of the energy of all k-space that is left, ours and
that of `bart cc -S` and `bart cc -G` with their defaults (24 lines) and, for svd, the share that NumPy's
singular values of the 24 central lines promise beside the one that mri-ilo states. Exit status 1 if a stated
share is not NumPy's to 1e-4, or if ours keeps less than BART's by more than 1e-3 of the energy.
Needs numpy and `bart` on the PATH.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np


def read_cfl(path):
    """(rows, columns, coils, slices) of an array whose READ may be 1."""
    shape = [int(n) for n in path.with_suffix(".hdr").read_text().split("\n")[1].split()]
    array = np.fromfile(path.with_suffix(".cfl"), np.complex64).reshape(shape, order="F")
    shape += [1] * (16 - len(shape))
    return array.reshape(shape[:4] + [-1], order="F")


def energy(path):
    return float(np.sum(np.abs(read_cfl(path).astype(np.complex128)) ** 2))


def convert(options, output, *arguments):
    command = [options.program, "convert", options.scan, str(output) + ".cfl", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def bart(*arguments):
    subprocess.run(["bart", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def numpy_shares(kspace):
    """What the first 1, 2, ... singular directions of the 24 central lines keep of their energy."""
    lines = max(axis for axis in (1, 2) if kspace.shape[axis] > 1)
    centre = kspace.shape[lines] // 2
    block = np.take(kspace, range(centre - 12, centre + 12), axis=lines)
    matrix = np.moveaxis(block, 3, 0).reshape(kspace.shape[3], -1).astype(np.complex128)
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    return np.cumsum(values) / values.sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scan")
    parser.add_argument("--program", default="mri-ilo")
    parser.add_argument("--coils", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6])
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        convert(options, folder / "all")
        kspace = read_cfl(folder / "all")
        whole = energy(folder / "all")
        promised = numpy_shares(kspace)
        # READ is 1 in scans of two dimensions; `cc -G` wants the readout there.
        readout_first = np.moveaxis(kspace, 0, 2) if kspace.shape[0] == 1 else kspace
        folder.joinpath("geo.hdr").write_text(
            "# Dimensions\n" + " ".join(map(str, readout_first.shape[:4])) + "\n")
        readout_first[..., 0].ravel(order="F").tofile(folder / "geo.cfl")
        print("coils | svd: stated, NumPy, of all k-space, BART | geometric: stated, of all k-space, BART")
        for count in options.coils:
            row = []
            for kind, flag in (("svd", "-S"), ("geometric", "-G")):
                said = convert(
                    options, folder / "ours", "--coils", str(count), "--compression", kind)
                stated = float(re.search(r"([\d.]+) % of the energy", said).group(1)) / 100
                ours = energy(folder / "ours") / whole
                bart("cc", "-p", count, flag, folder / "geo", folder / "theirs")
                theirs = energy(folder / "theirs") / energy(folder / "geo")
                row += [stated] + ([promised[count - 1]] if kind == "svd" else []) + [ours, theirs]
                failed |= ours < theirs - 1e-3
            failed |= abs(row[0] - row[1]) > 1e-4
            print(f"{count} | " + ", ".join(f"{v:.5f}" for v in row[:4]) + " | "
                  + ", ".join(f"{v:.5f}" for v in row[4:]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
