#!/usr/bin/env python3
"""Runs `mri-ilo recon` over masks, accelerations and seeds and prints the means as a table.

    recon_table.py PROGRAM SCAN OUT [--masks random equispaced] [--accels 4 8] [--seeds 1 2 3 4 5]

Standard library only. OUT keeps the folder of every run; a run that is there is not done again.
"""
import argparse
import collections
import csv
import pathlib
import statistics
import subprocess

METHODS = ["zero-filled", "sense", "l1-wavelet", "ilo"]


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("scan")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--masks", nargs="+", default=["random", "equispaced"])
    parser.add_argument("--accels", nargs="+", default=["4", "8"])
    parser.add_argument("--seeds", nargs="+", default=["1", "2", "3", "4", "5"])
    options = parser.parse_args()

    figures = collections.defaultdict(list)
    stages = collections.defaultdict(list)
    for mask in options.masks:
        for accel in options.accels:
            for seed in options.seeds:
                folder = options.out / f"{mask}-{accel}x-{seed}"
                if not (folder / "metrics.csv").exists():
                    command = [options.program, "recon", options.scan, "--accel", accel]
                    command += ["--mask", mask, "--seed", seed, "--method", ",".join(METHODS)]
                    subprocess.run(
                        command + ["-o", str(folder)], check=True,
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for row in rows(folder / "metrics.csv"):
                    figures[mask, accel, row["method"]].append(row)
                for row in rows(folder / "stages.csv"):
                    stages[mask, accel, row["stage"]].append(row)

    def text(values, digits):
        spread = statistics.stdev(values) if len(values) > 1 else 0
        return f"{statistics.mean(values):.{digits}f} ± {spread:.{digits}f}"

    def column(group, name):
        return [float(row[name]) for row in group]

    print("| mask | asked | achieved | method | PSNR dB | SSIM | NMSE | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for (mask, accel, method), group in figures.items():
        achieved = statistics.mean(column(group, "achieved_acceleration"))
        print(
            f"| {mask} | {accel} | {achieved:.2f} | {method} | {text(column(group, 'psnr'), 2)} "
            f"| {text(column(group, 'ssim'), 3)} | {text(column(group, 'nmse'), 4)} "
            f"| {statistics.mean(column(group, 'seconds')):.1f} |")
    print("\n| mask | asked | stage of ilo | PSNR dB | SSIM | misfit |")
    print("|---|---|---|---|---|---|")
    for (mask, accel, stage), group in stages.items():
        print(
            f"| {mask} | {accel} | {stage} | {statistics.mean(column(group, 'psnr')):.2f} "
            f"| {statistics.mean(column(group, 'ssim')):.3f} "
            f"| {statistics.mean(column(group, 'misfit')):.4f} |")


if __name__ == "__main__":
    main()
