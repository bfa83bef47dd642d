#!/usr/bin/env python3
"""What trust maps are worth: their alarms and verdicts beside the errors that are known afterwards.

    python3 Tests/PeerChecks/trust_table.py PROGRAM OUT SCAN [SCAN ...] [--accel 4 8] [--seeds 1]

runs `PROGRAM recon SCAN --trust` on fully sampled scans and compares with the reference. A pixel of the
head is *wrong* where the error, as a root mean square over a Gaussian of 2 pixels, exceeds a tenth of the
head's mean magnitude. For factors k from 2 to 12: the alarmed share of the head, the share of the alarmed
pixels that are wrong (against the share of all), the share of the wrong ones that are alarmed, and of the
right ones. Then the verdicts' figures, of the image and of the fully sampled one. Needs numpy and h5py.
"""
import argparse
import json
import os
import subprocess

import h5py
import numpy as np


def smooth(image, width=2.0):
    reach = int(np.ceil(3 * width))
    kernel = np.exp(-np.arange(-reach, reach + 1) ** 2 / (2 * width**2))

    def along(values):
        total = np.convolve(np.ones(len(values)), kernel, "same")
        return np.convolve(values, kernel, "same") / total

    return np.apply_along_axis(along, 1, np.apply_along_axis(along, 0, image))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("out")
    parser.add_argument("scans", nargs="+")
    parser.add_argument("--accel", type=float, nargs="+", default=[4, 8])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--wrong", type=float, default=0.1)
    parser.add_argument("--threads", default="1")
    options = parser.parse_args()
    factors = [2, 3, 4, 5, 6, 8, 10, 12]
    for accel in options.accel:
        found, verdicts = [], []
        for scan in options.scans:
            for seed in options.seeds:
                name = f"{os.path.basename(scan)[:-3]}-{accel:g}x-{seed}"
                folder = os.path.join(options.out, name)
                if not os.path.exists(os.path.join(folder, "record.json")):
                    subprocess.run(
                        [options.program, "recon", scan, "--accel", f"{accel:g}", "--seed",
                         str(seed), "--method", "ilo,l1-wavelet", "--trust", "-o", folder,
                         "--threads", options.threads],
                        check=True, stdout=subprocess.DEVNULL)
                record = json.load(open(os.path.join(folder, "record.json")))
                with h5py.File(os.path.join(folder, "recon.h5")) as file:
                    for place, one in enumerate(record["trust"]["slices"]):
                        get = lambda key: file[key][place].astype(float)
                        head = get("trust_head") > 0
                        reference = get("reference")
                        error = np.sqrt(smooth((get("reconstruction") - reference) ** 2))
                        wrong = error > options.wrong * reference[head].mean()
                        ratio = get("trust_difference") / get("trust_expected_difference")
                        share = get("prior_share")
                        found.append((head, wrong, ratio, share, error / reference[head].mean()))
                        verdicts.append((name, one["figures"]["fit"], one["reference_fit"],
                                         one["figures"]["unmeasured_in_head"]))
        print(f"\n## {accel:g}x, {len(found)} slices\n")
        prevalence = np.mean([w[h].mean() for h, w, *_ in found])
        print(f"wrong pixels of the head: {100 * prevalence:.1f} %\n")
        print("| k | alarmed % | of these wrong % | wrong ones alarmed % | right ones alarmed % |")
        print("|---|---|---|---|---|")
        for k in factors:
            alarmed = sum((r > k)[h].sum() for h, w, r, *_ in found)
            both = sum(((r > k) & w)[h].sum() for h, w, r, *_ in found)
            wrong = sum(w[h].sum() for h, w, *_ in found)
            area = sum(h.sum() for h, *_ in found)
            print(f"| {k} | {100 * alarmed / area:.1f} | {100 * both / max(1, alarmed):.0f} | "
                  f"{100 * both / max(1, wrong):.0f} | {100 * (alarmed - both) / (area - wrong):.0f} |")
        print("\n| share of the prior | of the head % | mean error % |\n|---|---|---|")
        edges = [0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.01]
        for low, high in zip(edges, edges[1:]):
            inside = [(h & (s >= low) & (s < high), e) for h, w, r, s, e in found]
            count = sum(m.sum() for m, _ in inside)
            mean = sum(e[m].sum() for m, e in inside) / max(1, count)
            area = sum(h.sum() for h, *_ in found)
            print(f"| {low:g} to {min(high, 1):g} | {100 * count / area:.1f} | {100 * mean:.1f} |")
        print("\n| slice | unmeasured % | residual | least | expected least | model error | departure | "
              "verdict | whole: departure | whole: verdict |\n|---|---|---|---|---|---|---|---|---|---|")
        for name, fit, whole, unmeasured in verdicts:
            text = lambda value: "–" if value is None else f"{value:.2f}"
            print(f"| {name} | {100 * unmeasured:.1f} | {fit['residual']:.2f} | "
                  f"{fit['least_residual']:.2f} | {fit['expected_least']:.2f} | "
                  f"{text(fit.get('model_error'))} | {text(fit.get('departure'))} | "
                  f"{fit['verdict']} | {text(whole.get('departure'))} | {whole['verdict']} |")


if __name__ == "__main__":
    main()
