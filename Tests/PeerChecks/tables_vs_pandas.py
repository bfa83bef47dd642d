#!/usr/bin/env python3
"""Recomputes the tables of a sweep from its results.csv by other programs and compares them.

    python3 tables_vs_pandas.py FOLDER

FOLDER holds results.csv, volumes.csv, summary.csv, comparisons.csv, agreement.csv and summary.xlsx of
one run. Volumes, means, SD and quartiles come from pandas, Wilcoxon's test from SciPy, Holm's
correction from statsmodels, the bootstrap interval from SciPy (another random stream, so that it is
compared by its distance only); the workbook is read by openpyxl. Needs pandas, scipy, statsmodels and
openpyxl. Ends with status 1 where a figure differs.
"""

import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

HIGH = {"psnr", "ssim", "vif", "haarpsi"}
GROUP = ["region", "mask", "acceleration", "center_fraction"]
failed = []


class Check:
    """The largest relative difference over many figures."""

    def __init__(self, name, tolerance=1e-9):
        self.name, self.tolerance, self.worst, self.count = name, tolerance, 0.0, 0

    def add(self, ours, theirs, where):
        self.count += 1
        ours = np.nan if ours is None else float(ours)
        theirs = np.nan if theirs is None else float(theirs)
        if (np.isnan(ours) and np.isnan(theirs)) or ours == theirs:
            return
        difference = abs(ours - theirs) / max(abs(theirs), 1e-6)
        if not difference <= self.tolerance:
            if len(failed) < 20:
                print(f"{self.name}: {ours} against {theirs} at {where}")
            failed.append(self.name)
        if np.isfinite(difference):
            self.worst = max(self.worst, difference)

    def report(self):
        print(f"{self.name:34} {self.count:7} figures, largest relative difference {self.worst:.1e}")


def read(path):
    text = {name: str for name in ["scan", "patient", "seed", "method", "region", "mask", "job", "unit"]}
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])


def volumes_of(slices, metrics):
    keys = ["scan", "patient", "mask", "acceleration", "achieved_acceleration", "center_fraction",
            "seed", "method", "region"]
    groups = slices.groupby(keys, sort=False, dropna=False)
    volumes = groups.agg(
        slices=("slice", "nunique"), pixels=("pixels", "sum"), data_range=("data_range", "max"),
        squared_error=("squared_error", "sum"), reference_energy=("reference_energy", "sum"),
        **{metric: (metric, "mean") for metric in metrics}).reset_index()
    with np.errstate(divide="ignore", invalid="ignore"):
        nmse = volumes.squared_error / volumes.reference_energy
        psnr = 10 * np.log10(volumes.data_range**2 / (volumes.squared_error / volumes.pixels))
    for metric, values in [("nmse", nmse), ("nrmse", np.sqrt(nmse)), ("psnr", psnr)]:
        if metric in metrics:
            volumes[metric] = values
    return volumes


def complete(volumes):
    """Without the volumes that lack slices which another method has."""
    most = volumes.groupby(GROUP + ["scan", "seed"])["slices"].transform("max")
    return volumes[volumes.slices == most]


def per_scan(volumes, column):
    kept = volumes.dropna(subset=[column])
    return kept.groupby(["scan", "patient"], sort=False)[column].mean().reset_index()


def check_volumes(ours, theirs, metrics):
    check = Check("volumes")
    keys = GROUP + ["scan", "seed", "method"]
    joined = ours.merge(theirs, on=keys, suffixes=("", "_peer"), how="outer", indicator=True)
    if not (joined._merge == "both").all():
        failed.append("volumes: other rows")
    for column in metrics + ["slices", "pixels", "squared_error", "reference_energy"]:
        for a, b in zip(joined[column], joined[column + "_peer"]):
            check.add(a, b, column)
    check.report()


def check_summary(summary, volumes):
    checks = {name: Check("summary " + name) for name in
              ["patients", "volumes", "mean", "sd", "median", "q1", "q3", "patient_mean",
               "achieved_acceleration"]}
    bootstrap = Check("summary interval / its width", 0.1)
    for row in summary.itertuples():
        chosen = volumes[np.logical_and.reduce(
            [volumes[name] == getattr(row, name) for name in GROUP + ["method"]])]
        scans = per_scan(chosen, row.metric)
        values, patients = scans[row.metric], scans.groupby("patient", sort=False)[row.metric].mean()
        with np.errstate(invalid="ignore"):
            theirs = {
                "patients": len(patients), "volumes": len(values), "mean": values.mean(),
                "sd": values.std(ddof=1) if np.isfinite(values).all() else np.nan,
                "median": values.median(),
                "q1": values.quantile(0.25), "q3": values.quantile(0.75),
                "patient_mean": patients.mean(),
                "achieved_acceleration": chosen.achieved_acceleration.mean()}
        for name, value in theirs.items():
            # pandas has no quartile next to an infinite figure.
            if name not in ("q1", "q3") or np.isfinite(values).all():
                checks[name].add(getattr(row, name), value, row[1:8])
        if len(patients) < 2:
            if not np.isnan(row.ci_lower):
                failed.append("an interval of one patient")
        # The bounds of fewer lie on steps, of which two streams may find different ones.
        elif len(patients) >= 10 and np.isfinite(patients).all() and patients.std() > 0:
            result = stats.bootstrap(
                (patients.to_numpy(),), np.mean, n_resamples=10_000, method="percentile",
                confidence_level=row.confidence, rng=1).confidence_interval
            width = result.high - result.low
            for a, b in [(row.ci_lower, result.low), (row.ci_upper, result.high)]:
                bootstrap.add(1 + (a - b) / width, 1, row[1:8])
    for check in list(checks.values()) + [bootstrap]:
        check.report()


def differences_of(volumes, row):
    chosen = volumes[np.logical_and.reduce([volumes[name] == getattr(row, name) for name in GROUP])]
    keys = ["scan", "patient", "seed"]
    first = chosen[chosen.method == row.method][keys + [row.metric]].dropna()
    second = chosen[chosen.method == row.baseline][keys + [row.metric]].dropna()
    pairs = first.merge(second, on=keys, suffixes=("", "_base"))
    with np.errstate(invalid="ignore"):
        pairs["difference"] = np.where(
            pairs[row.metric] == pairs[row.metric + "_base"], 0,
            pairs[row.metric] - pairs[row.metric + "_base"])
    scans = per_scan(pairs, "difference")
    return len(scans), scans.groupby("patient", sort=False)["difference"].mean().to_numpy()


def check_comparisons(comparisons, agreement, volumes):
    names = ["patients", "volumes", "mean_difference", "median_difference", "p", "better", "worse"]
    checks = {name: Check("comparison " + name) for name in names}
    holm, limits = Check("comparison p_holm"), Check("agreement")
    families = {}
    for row, agreed in zip(comparisons.itertuples(), agreement.itertuples()):
        scans, differences = differences_of(volumes, row)
        sign = 1 if row.metric in HIGH else -1
        finite = np.isfinite(differences).all() and len(differences) > 1
        theirs = {
            "patients": len(differences), "volumes": scans,
            "mean_difference": differences.mean() if len(differences) else np.nan,
            "median_difference": np.nan, "p": np.nan,
            "better": (sign * differences > 0).sum(), "worse": (sign * differences < 0).sum()}
        if len(differences) > 1:
            upper = np.triu_indices(len(differences))
            theirs["median_difference"] = np.median(
                ((differences[:, None] + differences[None, :]) / 2)[upper])
            theirs["p"] = stats.wilcoxon(differences).pvalue if np.any(differences) else 1.0
            families.setdefault((row.metric, row.region), []).append((row, theirs["p"]))
        for name, value in theirs.items():
            checks[name].add(getattr(row, name), value, row[1:9])
        bias, spread = (differences.mean(), differences.std(ddof=1)) if finite else (np.nan, np.nan)
        n = len(differences)
        for ours, peer in [
            (agreed.bias, bias), (agreed.sd, spread),
            (agreed.lower_limit, bias - 1.96 * spread), (agreed.upper_limit, bias + 1.96 * spread),
            (agreed.bias_ci_upper, bias + stats.t.ppf((1 + row.confidence) / 2, n - 1)
             * spread / np.sqrt(n) if finite else np.nan),
        ]:
            limits.add(ours, peer, row[1:9])
    for members in families.values():
        adjusted = multipletests([p for _, p in members], method="holm")[1]
        for (row, _), value in zip(members, adjusted):
            holm.add(row.p_holm, value, row[1:9])
            checks["p"].add(row.family, len(members), row[1:9])
    for check in list(checks.values()) + [holm, limits]:
        check.report()


def check_workbook(folder):
    check = Check("workbook")
    book = openpyxl.load_workbook(folder / "summary.xlsx")
    files = {"Summary": "summary", "Comparisons": "comparisons", "Agreement": "agreement",
             "Volumes": "volumes", "Slices": "results"}
    if book.sheetnames != list(files) + ["About"]:
        failed.append(f"sheets {book.sheetnames}")
    for sheet, name in files.items():
        page = book[sheet]
        rows = list(page.iter_rows(values_only=True))
        table = read(folder / f"{name}.csv")
        if list(rows[0]) != list(table.columns) or len(rows) != len(table) + 1:
            failed.append(f"{sheet}: other columns or rows")
        if page.freeze_panes != "A2" or not page.auto_filter.ref:
            failed.append(f"{sheet}: no frozen header or filter")
        for cells, row in zip(rows[1:], table.itertuples(index=False)):
            for cell, value in zip(cells, row):
                if isinstance(value, str):
                    if cell != value:
                        failed.append(f"{sheet}: {cell} against {value}")
                elif cell in ("inf", "-inf") or cell is None or isinstance(cell, (int, float)):
                    check.add(cell, value, sheet)
                else:
                    failed.append(f"{sheet}: {cell!r} is no number")
    check.report()


def main():
    folder = Path(sys.argv[1])
    slices = read(folder / "results.csv")
    columns = list(slices.columns)
    metrics = columns[columns.index("region") + 1:columns.index("pixels")]
    volumes = volumes_of(slices, metrics)
    check_volumes(read(folder / "volumes.csv"), volumes, metrics)
    volumes = complete(volumes)
    check_summary(read(folder / "summary.csv"), volumes)
    check_comparisons(read(folder / "comparisons.csv"), read(folder / "agreement.csv"), volumes)
    check_workbook(folder)
    print("all agree" if not failed else f"{len(failed)} DIFFER: {sorted(set(map(str, failed)))[:10]}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
