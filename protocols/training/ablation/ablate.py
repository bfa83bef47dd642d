#!/usr/bin/env python3
"""Trains every recipe of this folder and prints a table of what ILO makes of the weights.

    python3 protocols/training/ablation/ablate.py SLICES DATASET -o FOLDER [--program mri-ilo]

SLICES is a stack with the splits `train` and `val`; DATASET the manifest of scans that `mri-ilo dataset
simulate SLICES --split val` makes of it. Needs Python 3.9 and nothing else.

Each recipe is trained from random parameters of the same seed, then `ilo.yaml` is swept with the weights, and
`mri-ilo encode` says how near each level comes to held-out images. What a folder already holds is not done
again, so that a run that was stopped goes on. `--table` prints the table of what there is and runs nothing.
"""
import argparse
import csv
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# The order of the table; what is first is what the others differ from.
ORDER = ["baseline", "batch-scale", "balanced", "resolution", "adversarial", "six-levels", "whole-images",
         "real-images", "narrower", "wider"]


def run(command, log):
    """Runs a command with its output in a file; gives the seconds, or ends the program with its last words."""
    began = time.monotonic()
    with open(log, "w") as file:
        status = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT).returncode
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with {status}: " + log.read_text()[-500:])
    return time.monotonic() - began


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def train(name, options, folder):
    weights = folder / "weights.safetensors"
    finished = folder / "train.log"
    if finished.exists() and weights.exists():
        return weights
    command = [options.program, "train", options.slices, "-o", str(weights), "--recipe",
               str(HERE / f"{name}.yaml"), "--threads", str(options.threads)]
    if options.steps:
        command += ["--steps", str(options.steps), "--every", str(options.steps)]
    seconds = run(command, folder / "train.part")
    (folder / "train.part").rename(finished)
    print(f"{name}: trained in {seconds:.0f} s", file=sys.stderr, flush=True)
    return weights


def measure(name, options, folder, weights):
    if not (folder / "ilo" / "results.csv").exists():
        seconds = run(
            [options.program, "sweep", str(HERE / "ilo.yaml"), "--dataset", options.dataset, "-o",
             str(folder / "ilo"), "--weights", str(weights), "--workers", "1", "--threads",
             str(options.threads)], folder / "sweep.log")
        print(f"{name}: reconstructed in {seconds:.0f} s", file=sys.stderr, flush=True)
    if not (folder / "encode" / "encode.csv").exists():
        seconds = run(
            [options.program, "encode", options.slices, "--split", "val", "--images", "2",
             "--iterations", "20", "--weights", str(weights), "-o", str(folder / "encode"),
             "--threads", str(options.threads)], folder / "encode.log")
        print(f"{name}: encoded in {seconds:.0f} s", file=sys.stderr, flush=True)


def line(name, folder):
    """The row of a recipe, and that of l1-wavelet on the same data; None before it is done."""
    if not (folder / "encode" / "encode.csv").exists():
        return None
    results, costs = rows(folder / "ilo" / "results.csv"), rows(folder / "ilo" / "costs.csv")

    def figures(method):
        cells = []
        for acceleration in (4, 8):
            own = [r for r in results
                   if r["method"] == method and float(r["acceleration"]) == acceleration]
            psnr, ssim = (mean(float(r[key]) for r in own) for key in ("psnr", "ssim"))
            cells.append(f"{psnr:.2f} / {ssim:.3f}")
        seconds = mean(float(r["seconds_per_slice"]) for r in costs if r["method"] == method)
        return cells + [f"{seconds:.1f}"]

    encoded = {}
    for row in rows(folder / "encode" / "encode.csv"):
        if row["image"] != "mean" and row["level"] != "encoder":
            encoded.setdefault(int(row["level"]), []).append(float(row["psnr"]))
    levels = " · ".join(f"{mean(encoded[level]):.1f}" for level in sorted(encoded))
    drawn = float(rows(folder / "weights.safetensors.log.csv")[-1]["val_psnr"])
    return [name, f"{drawn:.2f}"] + figures("ilo") + [levels], \
        ["l1-wavelet", ""] + figures("l1-wavelet") + [""]


def table(options):
    print("| recipe | drawn, dB | ILO 4x, dB / SSIM | ILO 8x, dB / SSIM | s a slice "
          "| fit of levels 0 to k, dB |")
    print("|---|---|---|---|---|---|")
    wavelet = None
    for name in options.recipes:
        found = line(name, options.output / name)
        if found:
            print("| " + " | ".join(found[0]) + " |", flush=True)
            wavelet = found[1]
    if wavelet:
        print("| " + " | ".join(wavelet) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("slices")
    parser.add_argument("dataset")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--program", default="mri-ilo")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="instead of the recipes'")
    parser.add_argument("--recipes", nargs="+", default=ORDER, choices=ORDER)
    parser.add_argument("--table", action="store_true", help="print the table of what there is")
    options = parser.parse_args()
    if not options.table:
        for name in options.recipes:
            folder = options.output / name
            folder.mkdir(parents=True, exist_ok=True)
            measure(name, options, folder, train(name, options, folder))
    table(options)


if __name__ == "__main__":
    main()
