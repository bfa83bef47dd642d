#!/usr/bin/env python3
"""Computes with other programs the metrics and thresholds that the tests compare with.

    metric_fixtures.py > Tests/Fixtures/metrics.json

The images are made by formula (the same in Tests/EvaluationTests/MetricFixture.swift); the file holds
values only. Both images are [rows, columns] of float32 numbers, taken in double precision.

    PSNR, SSIM, NMSE  scikit-image (SSIM with its defaults, as in facebookresearch/fastMRI)
    HFEN              scipy.ndimage.convolve with MATLAB's fspecial('log', 15, 1.5), zeros outside
    VIF               sewar's vifp, on images scaled to 255
    HaarPSI, GMSD     piq, in double precision
    Otsu's threshold  scikit-image's threshold_otsu of the reference

In regions: the same maps of these programs, pooled over the region. HaarPSI's, GMSD's and VIF's maps
are written out here with scipy's convolutions, and checked against piq and sewar on the whole image.
"""

import json
import sys
from importlib.metadata import version
from unittest.mock import MagicMock

import numpy as np
import torch

# piq loads torchvision for networks that no metric here uses, and it need not be there.
for module in ("torchvision", "torchvision.models"):
    sys.modules[module] = MagicMock()
from piq import gmsd, haarpsi  # noqa: E402
from scipy.ndimage import convolve
from scipy.signal import convolve2d
from sewar.full_ref import vifp
from skimage.filters import threshold_otsu
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

RANGE = 6.0
BOX = (20, 13, 25, 30)  # row, column, height, width


def pair(rows, columns):
    """The reference and the reconstruction."""
    i, j = np.mgrid[:rows, :columns].astype(np.float64)
    g = np.abs(1.2 + np.sin(0.31 * i) * np.cos(0.23 * j) + 0.3 * np.sin(0.9 * i * j / 36))
    inside = ((i - rows / 2) / (0.4 * rows)) ** 2 + ((j - columns / 2) / (0.36 * columns)) ** 2 < 1
    g = np.where(inside, 2 * g, 0.02 * g)
    p = np.abs(g + 0.16 * np.cos(1.7 * i + 0.9 * j) + 0.04 * (i - 20) / 20)
    return g.astype(np.float32).astype(np.float64), p.astype(np.float32).astype(np.float64)


def fspecial_log(side=15, sigma=1.5):
    """MATLAB's fspecial('log', side, sigma)."""
    y, x = np.mgrid[-(side // 2):side // 2 + 1, -(side // 2):side // 2 + 1].astype(np.float64)
    h = np.exp(-(x * x + y * y) / (2 * sigma**2))
    h[h < np.finfo(float).eps * h.max()] = 0
    h /= h.sum()
    h = h * (x * x + y * y - 2 * sigma**2) / sigma**4
    return h - h.mean()


def hfen(g, p, mask):
    log_g, log_p = (convolve(image, fspecial_log(), mode="constant") for image in (g, p))
    return np.linalg.norm((log_g - log_p)[mask]) / np.linalg.norm(log_g[mask])


def halved(image):
    rows, columns = image.shape
    image = np.pad(image, ((0, rows % 2), (0, columns % 2)))
    return (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4


def blocks(mask):
    """The 2x2 blocks of which at least half of the pixels inside the image are in the mask."""
    return 2 * halved(mask.astype(float)) >= halved(np.ones(mask.shape))


def gmsd_in(g, p, mask):
    def magnitude(image):
        kernel = np.array([[1, 0, -1]] * 3) / 3
        parts = [convolve2d(halved(image), k, mode="same") for k in (kernel, kernel.T)]
        return np.sqrt(parts[0] ** 2 + parts[1] ** 2)

    a, b = magnitude(g * 255 / RANGE), magnitude(p * 255 / RANGE)
    return ((2 * a * b + 170) / (a * a + b * b + 170))[blocks(mask)].std()


def haarpsi_in(g, p, mask, c, alpha):
    def coefficients(image, side, transposed):
        kernel = np.ones((side, side)) / side
        kernel[:side // 2] *= -1
        before, after = side // 2 - 1, side // 2
        image = np.pad(halved(image * 255 / RANGE), ((before, after), (before, after)))
        return np.abs(convolve2d(image, kernel.T if transposed else kernel, mode="valid"))

    top = bottom = 0.0
    for transposed in (False, True):
        a, b = ([coefficients(x, side, transposed) for side in (2, 4, 8)] for x in (g, p))
        local = sum((2 * a[s] * b[s] + c) / (a[s] ** 2 + b[s] ** 2 + c) for s in (0, 1)) / 2
        weight = np.maximum(a[2], b[2])
        top += (weight / (1 + np.exp(-alpha * local)))[blocks(mask)].sum()
        bottom += weight[blocks(mask)].sum()
    score = top / bottom
    return (np.log(score / (1 - score)) / alpha) ** 2


def vif_in(g, p, mask):
    """sewar's vifp with both sums taken over the windows whose centres lie in the mask."""
    eps, noise = 1e-10, 2.0
    g, p = g * 255 / RANGE, p * 255 / RANGE
    place = np.arange(mask.size).reshape(mask.shape)  # the pixel that is the centre
    top = bottom = 0.0
    for scale, side in enumerate((17, 9, 5, 3)):
        line = np.exp(-np.arange(-(side // 2), side // 2 + 1) ** 2 / (2 * (side / 5) ** 2))
        window = np.outer(line, line) / line.sum() ** 2
        inner = slice(side // 2, -(side // 2))
        if scale:
            g, p = (convolve2d(x, window, mode="valid")[::2, ::2] for x in (g, p))
            place = place[inner, inner][::2, ::2]

        def mean(x):
            return convolve2d(x, window, mode="valid")

        in_region = mask.ravel()[place[inner, inner]]
        vg = np.maximum(mean(g * g) - mean(g) ** 2, 0)
        vp = np.maximum(mean(p * p) - mean(p) ** 2, 0)
        cov = mean(g * p) - mean(g) * mean(p)
        gain = cov / (vg + eps)
        rest = vp - gain * cov
        gain[vg < eps] = 0
        rest[vg < eps] = vp[vg < eps]
        vg[vg < eps] = 0
        gain[vp < eps] = 0
        rest[vp < eps] = 0
        rest[gain < 0] = vp[gain < 0]
        gain[gain < 0] = 0
        rest[rest <= eps] = eps
        top += np.log10(1 + gain**2 * vg / (rest + noise))[in_region].sum()
        bottom += np.log10(1 + vg / noise)[in_region].sum()
    return top / bottom


def measure(g, p, mask):
    error = ((g - p)[mask] ** 2).sum()
    nmse = error / (g[mask] ** 2).sum()
    _, similarity = structural_similarity(g, p, data_range=RANGE, full=True)
    inside = np.zeros_like(mask)
    inside[3:-3, 3:-3] = True
    return {
        "psnr": 10 * np.log10(RANGE**2 / (error / mask.sum())),
        "ssim": similarity[mask & inside].mean(),
        "nmse": nmse,
        "nrmse": np.sqrt(nmse),
        "hfen": hfen(g, p, mask),
        "vif": vif_in(g, p, mask),
        "haarpsi": haarpsi_in(g, p, mask, 5.0, 4.9),
        "gmsd": gmsd_in(g, p, mask),
    }


def peers(g, p):
    """The whole image, by the programs themselves."""
    x, y = (torch.from_numpy(image)[None, None] for image in (g, p))
    error = ((g - p) ** 2).sum() / (g**2).sum()
    return {
        "psnr": peak_signal_noise_ratio(g, p, data_range=RANGE),
        "ssim": structural_similarity(g, p, data_range=RANGE),
        "nmse": error,
        "nrmse": np.sqrt(error),
        "hfen": hfen(g, p, np.ones(g.shape, bool)),
        "vif": vifp(g * 255 / RANGE, p * 255 / RANGE),
        "haarpsi": haarpsi(x, y, data_range=RANGE, c=5.0, alpha=4.9).item(),
        "gmsd": gmsd(x, y, data_range=RANGE).item(),
    }


def main():
    cases = []
    for rows, columns in ((64, 64), (71, 58), (58, 71), (96, 81), (57, 57)):
        g, p = pair(rows, columns)
        x, y = (torch.from_numpy(image)[None, None] for image in (g, p))
        whole = np.ones(g.shape, bool)
        values = peers(g, p)
        for name, value in measure(g, p, whole).items():
            if not np.isclose(value, values[name], rtol=1e-10, atol=0):
                sys.exit(f"{name} of {rows}x{columns}: {value} here, {values[name]} by the program")
        threshold = threshold_otsu(g)
        box = np.zeros_like(whole)
        row, column, height, width = BOX
        box[row:row + height, column:column + width] = True
        cases.append({
            "rows": rows, "columns": columns, "range": RANGE, "box": BOX, "threshold": threshold,
            "foregroundPixels": int((g > threshold).sum()), "whole": values,
            "foreground": measure(g, p, g > threshold), "boxed": measure(g, p, box),
            "naturalHaarPSI": haarpsi(x, y, data_range=RANGE).item(),
        })
    versions = {name: version(name) for name in
                ("numpy", "scipy", "scikit-image", "sewar", "piq", "torch")}
    print(", ".join(f"{name} {number}" for name, number in versions.items()), file=sys.stderr)
    json.dump({"versions": versions, "cases": cases}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
