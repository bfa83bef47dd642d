#!/usr/bin/env python3
"""Feeds damaged scan files to `mri-ilo convert`, which reads all of a scan, and judges what it does.

    scan_fuzz.py PROGRAM Tests/Fixtures/scans [--cases 2000] [--seed 0] [--keep FOLDER]

Needs numpy and h5py. For each fixture: truncations at lengths spread over the file, and flips of one
to eight bits, half of them in the first 2048 bytes, where the headers are. Each case is a process with
2 GiB of memory and 20 s. It must end by itself, either with status 1 and one sentence on standard
error, or with status 0 and a scan that is finite and not all zero. A truncated file must be refused.
Status 1 of this script says that some case did otherwise; `--keep` has those files.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np

FILES = ["fastmri.h5", "raw.h5", "raw-odd.h5", "raw-3d.h5", "slices.cfl", "flat.cfl", "volume.ra",
         "calgary-campinas.h5", "cmrxrecon.mat", "skm-tea.h5"]


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def verdict(program, path, truncated, folder):
    out = folder / "out.h5"
    out.unlink(missing_ok=True)
    try:
        run = subprocess.run(
            [program, "convert", str(path), str(out)], capture_output=True, timeout=20,
            preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return "hang", ""
    text = run.stderr.decode(errors="replace").strip()
    if run.returncode < 0 or run.returncode > 2:
        return "crash", f"status {run.returncode}: {text[:200]}"
    if run.returncode != 0:
        if len(text.splitlines()) != 1 or not text.endswith("."):
            return "no sentence", text[:300]
        return ("left a file", text) if out.exists() else ("refused", text)
    if truncated:
        return "truncated but read", text
    with h5py.File(out) as file:
        values = file["kspace"][()]
    if not np.isfinite(values).all() or not values.any():
        return "wrong success", text
    return "read", text


def mutate(data, rng, case, cases):
    """The damaged bytes, and whether they were only cut short."""
    if case % 4 == 0:
        share = case / max(1, cases)
        return data[:min(len(data) - 1, int(len(data) * share))], True
    data = bytearray(data)
    end = min(len(data), 2048) if case % 2 else len(data)
    for _ in range(int(rng.integers(1, 9))):
        place = int(rng.integers(end))
        data[place] ^= 1 << int(rng.integers(8))
    return bytes(data), False


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("fixtures", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=2000, help="in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    per_file = max(1, options.cases // len(FILES))
    bad = []

    def run(name):
        rng = np.random.default_rng([options.seed, FILES.index(name)])
        counts = collections.Counter()
        source = options.fixtures / name
        header = source.with_suffix(".hdr")
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            for case in range(per_file):
                # Of BART's two files either one is damaged.
                hits_header = header.exists() and case % 3 == 1
                victim = header if hits_header else source
                damaged, truncated = mutate(victim.read_bytes(), rng, case, per_file)
                for file in [source] + ([header] if header.exists() else []):
                    (work / file.name).write_bytes(file.read_bytes())
                (work / victim.name).write_bytes(damaged)
                # A header may be whole without the end of its last lines.
                kind, text = verdict(
                    os.path.abspath(options.program), work / name, truncated and not hits_header, work)
                counts[kind] += 1
                if kind not in ("refused", "read"):
                    bad.append((name, case, kind, text))
                    if options.keep:
                        target = options.keep / f"{source.stem}-{case}-{kind.replace(' ', '-')}"
                        target.mkdir(parents=True, exist_ok=True)
                        for file in work.iterdir():
                            shutil.copy(file, target)
        return name, counts

    total = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        for name, counts in pool.map(run, FILES):
            total += counts
            print(f"{name:22}", ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))
    print(f"{'all':22}", ", ".join(f"{kind} {count}" for kind, count in sorted(total.items())))
    for name, case, kind, text in bad[:40]:
        print(f"{name}, case {case}: {kind}: {text}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
