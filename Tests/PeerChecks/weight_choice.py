#!/usr/bin/env python3
"""Compares weights chosen from the data with the best ones, from sweeps of protocols/regularisation.yaml.

    weight_choice.py RUN [RUN ...]

Standard library only. Prints a table of PSNR: the best weight of the ladder in each slice (which takes
the reference), and how far behind it the default, the held-out columns' choice and the discrepancy
principle's are: mean, and in brackets the largest.
"""
import collections
import csv
import pathlib
import statistics
import sys

METHODS = ["sense", "l1-wavelet", "tv"]


def main():
    figures = collections.defaultdict(dict)
    for run in sys.argv[1:]:
        with open(pathlib.Path(run) / "results.csv", newline="") as file:
            for row in csv.DictReader(file):
                method = max((m for m in METHODS if row["method"].startswith(m)), key=len)
                choice = row["method"][len(method) + 1:] or "default"
                place = run, row["scan"], row["slice"], row["mask"], row["acceleration"]
                figures[method, place][choice] = float(row["psnr"])

    groups = collections.defaultdict(list)
    for (method, place), found in figures.items():
        ladder = [v for k, v in found.items() if k not in ("auto", "discrepancy")]
        row = max(ladder), found["default"], found["auto"], found["discrepancy"]
        groups[method, place[3], f"{float(place[4]):g}"].append(row)
        groups[method, "all", ""].append(row)

    print("| method | mask | asked | n | best weight | default | auto | discrepancy |")
    print("|---|---|---|---|---|---|---|---|")
    for (method, mask, asked), rows in sorted(groups.items(), key=lambda g: (METHODS.index(g[0][0]), g[0])):
        best = statistics.mean(row[0] for row in rows)
        behind = [[row[0] - row[k] for row in rows] for k in (1, 2, 3)]
        cells = [f"{-statistics.mean(b):+.2f} ({-max(b):+.2f})" for b in behind]
        print(f"| {method} | {mask} | {asked} | {len(rows)} | {best:.2f} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
