#!/usr/bin/env python3
"""Compares the metrics of mri-ilo with scikit-image's, by fastMRI's definition.

    metrics_vs_skimage.py                       the published pair, against its published figures
    metrics_vs_skimage.py recon.h5 metrics.csv  a reconstruction written by mri-ilo

recon.h5     `reference` and `reconstruction` or `reconstruction_<method>`, each
             [slices, rows, columns] (or [rows, columns]) magnitude images.
metrics.csv  columns `psnr`, `ssim`, `nmse`, `slice` and, where recon.h5 holds several
             reconstructions, `method`. `slice` counts from 0 in the order of recon.h5; a row in
             which it is empty or `volume` holds the volume's figures. Other columns are ignored.

Definition (facebookresearch/fastMRI: fastmri/evaluate.py): PSNR and SSIM with the maximum of the
reference volume as data range, SSIM per slice with scikit-image's defaults in double precision,
NMSE = |g - p|^2 / |g|^2. A slice's figures use the range of the volume.

Exit status 0 if every figure agrees to 1e-9 (relative, or absolute below 1), 1 if one does not or
nothing could be compared. Needs numpy, scikit-image and, for files, h5py.
"""

import csv
import re
import sys

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

TOLERANCE = 1e-9


def metrics(reference, image, data_range):
    """PSNR, SSIM and NMSE of [slices, rows, columns] in double precision."""
    ssim = [structural_similarity(g, p, data_range=data_range) for g, p in zip(reference, image)]
    error = np.sum((reference - image) ** 2)
    with np.errstate(divide="ignore"):
        psnr = peak_signal_noise_ratio(reference, image, data_range=data_range)
        nmse = error / np.sum(reference**2) if error else 0.0
    return {"psnr": float(psnr), "ssim": float(np.mean(ssim)), "nmse": float(nmse)}


def volume(array):
    array = np.asarray(array, dtype=np.float64)
    return array[None] if array.ndim == 2 else array


def differs(found, expected):
    if np.isinf(expected) or np.isinf(found):
        return found != expected
    return not abs(found - expected) <= TOLERANCE * max(1.0, abs(expected))


def published():
    """The pair and figures that the Swift tests hold too."""
    s, i, j = np.meshgrid(np.arange(3), np.arange(40), np.arange(36), indexing="ij")
    pattern = 1.2 + np.sin(0.31 * i + 0.17 * s) * np.cos(0.23 * j) + 0.3 * np.sin(0.9 * i * j / 36)
    reference = np.abs((1 + 0.5 * s) * pattern)
    image = np.abs(reference + 0.08 * np.cos(1.7 * i + 0.9 * j + s) + 0.02 * (i - 20) / 20)
    expected = {
        "psnr": 38.48600769480242,
        "ssim": 0.9913614815083963,
        "nmse": 0.0007705911139910945,
    }
    found = metrics(reference, image, reference.max())
    return [(f"published {name}", found[name], expected[name]) for name in expected]


def plain(name):
    """Letters and digits alone, so that `l1-wavelet` finds `reconstruction_l1_wavelet`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def from_files(recon_path, csv_path):
    import h5py

    with h5py.File(recon_path, "r") as file:
        reference = volume(file["reference"])
        images = {
            plain(name.removeprefix("reconstruction")): volume(file[name])
            for name in file
            if name.startswith("reconstruction")
        }
    data_range = reference.max()
    rows = []
    with open(csv_path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            method = plain(line.get("method") or "")
            image = images.get(method)
            if image is None and len(images) == 1:
                image = next(iter(images.values()))
            if image is None:
                print(f"{csv_path}: no dataset reconstruction_{line.get('method')} in {recon_path}")
                continue
            where = (line.get("slice") or "").strip()
            part = slice(None) if where in ("", "volume") else slice(int(where), int(where) + 1)
            truth = metrics(reference[part], image[part], data_range)
            label = f"{line.get('method') or 'reconstruction'} {where or 'volume'}"
            rows += [(f"{label} {name}", float(line[name]), truth[name]) for name in truth]
    return rows


def main(arguments):
    if len(arguments) not in (0, 2):
        sys.exit(__doc__)
    rows = from_files(*arguments) if arguments else published()
    bad = 0
    for label, found, expected in rows:
        wrong = differs(found, expected)
        bad += wrong
        print(f"{label:40s} {found:.15g} {expected:.15g}{'  DIFFERS' if wrong else ''}")
    print(f"{len(rows)} figures compared, {bad} differ by more than {TOLERANCE:g}")
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
