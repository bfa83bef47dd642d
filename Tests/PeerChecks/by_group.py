#!/usr/bin/env python3
"""The results of sweeps by groups of scans: does ILO hold in each of them?

    python3 Tests/PeerChecks/by_group.py RUN [RUN ...] [--by contrast] [--baseline l1-auto]

reads `results.csv` of finished sweeps and prints, for each data set, group, mask and acceleration, the mean
PSNR in dB and SSIM over slices of every method, and the mean of each one's difference in PSNR from the
baseline. `--by` names any columns, joined by commas. Standard library only.
"""
import argparse
import collections
import csv
import statistics


def key(row, columns):
    return tuple(row[column] for column in columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("runs", nargs="+", help="folders of sweeps")
    parser.add_argument("--by", default="contrast", help="columns of results.csv, joined by commas")
    parser.add_argument("--baseline", default="l1-auto", help="label of a method")
    options = parser.parse_args()
    by = ["dataset", *options.by.split(",")]
    columns = list(dict.fromkeys(by + ["mask", "acceleration"]))
    cases = collections.defaultdict(dict)
    methods = []
    for run in options.runs:
        try:
            with open(f"{run}/results.csv", newline="") as file:
                rows = [row for row in csv.DictReader(file) if row["region"] == "image"]
        except OSError:
            parser.error(f"{run}: holds no results.csv; give the folder of a sweep that has ended")
        for row in rows:
            if row["method"] not in methods:
                methods.append(row["method"])
            case = key(row, columns), key(row, ["scan", "slice", "seed"])
            cases[case][row["method"]] = float(row["psnr"]), float(row["ssim"])
    groups = collections.defaultdict(list)
    for (group, _), scores in cases.items():
        groups[group].append(scores)
    if options.baseline not in methods:
        parser.error(f"the runs have no method {options.baseline}, only {', '.join(methods)}")

    print("| " + " | ".join([*columns, "slices", *methods]) + " |")
    print("|" + "---|" * (len(columns) + 1 + len(methods)))
    for group, scores in sorted(groups.items()):
        cells = []
        for method in methods:
            there = [s for s in scores if method in s and options.baseline in s]
            if not there:
                cells.append("")
                continue
            psnr, ssim = (statistics.mean(s[method][k] for s in there) for k in (0, 1))
            gain = statistics.mean(s[method][0] - s[options.baseline][0] for s in there)
            own = method == options.baseline
            cells.append(f"{psnr:.2f} / {ssim:.3f}" + ("" if own else f" ({gain:+.2f})"))
        print("| " + " | ".join([*group, str(len(scores)), *cells]) + " |")


if __name__ == "__main__":
    main()
