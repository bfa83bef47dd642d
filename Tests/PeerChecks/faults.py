#!/usr/bin/env python3
"""What is lost when disks fill up or fail, memory is short, or the program is killed: a table.

    faults.py PROGRAM [--kills 15] [--calls 8] [--only FAULT ...] [--seed 0] [--keep FOLDER]

Needs numpy, h5py, nibabel and pydicom, a C compiler, and for the full disk the right to mount a small
tmpfs (without it that line is left out). A first run of each command has left results; a second one
with other settings meets the fault. Afterwards

- every earlier result must be there and whole: the old or the new one, read with its own reader;
- what has appeared under the name of a result must be whole;
- a program that lived to its end must have said one sentence and status 1 (130 when it was asked to
  stop), or have succeeded;
- the same command, without the fault, must succeed, and must leave no unfinished files behind. It is run
  after each death and after one in four of the other cases.

Failing calls are those of a small library that is loaded before the C library's: the k-th read of the scan,
or the k-th write, sync or renaming of any file, and all after it, fail. Reads fail in the process that does the work, too,
and not only in the one that looks through the scan first.
"""
import argparse
import collections
import csv
import gzip
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import nibabel
import numpy as np
import pydicom

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// FAULT_CALL names what fails, FAULT_AFTER how many calls go well before, FAULT_ERRNO the error, and
// FAULT_FILE a part of the names of the files of whose calls this is true; processes whose command line has
// FAULT_SPARES are spared.
static atomic_long calls;

static int spared(void) {
  static int known = -1;
  if (known < 0) {
    const char *word = getenv("FAULT_SPARES");
    char line[65536] = "";
    FILE *file = word ? fopen("/proc/self/cmdline", "r") : NULL;
    size_t count = file ? fread(line, 1, sizeof line - 1, file) : 0;
    if (file) fclose(file);
    for (size_t i = 0; i < count; i++)
      if (!line[i]) line[i] = ' ';
    known = word && strstr(line, word) != NULL;
  }
  return known;
}

static int fails(const char *call, int descriptor, const char *name) {
  const char *wanted = getenv("FAULT_CALL");
  if (!wanted || strcmp(wanted, call)) return 0;
  char link[64], path[4096] = "";
  if (!name) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) path[length] = 0;
    name = path;
  }
  const char *part = getenv("FAULT_FILE");
  if (!part || !strstr(name, part) || spared()) return 0;
  if (atomic_fetch_add(&calls, 1) < atol(getenv("FAULT_AFTER"))) return 0;
  errno = atoi(getenv("FAULT_ERRNO"));
  return 1;
}

#define WRAP(type, name, call, descriptor, path, parameters, arguments)      \
  type name parameters {                                                     \
    static type (*real) parameters;                                          \
    if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name);           \
    return fails(call, descriptor, path) ? (type)-1 : real arguments;        \
  }
WRAP(ssize_t, read, "read", f, NULL, (int f, void *b, size_t n), (f, b, n))
WRAP(ssize_t, pread, "read", f, NULL, (int f, void *b, size_t n, off_t o), (f, b, n, o))
WRAP(ssize_t, pread64, "read", f, NULL, (int f, void *b, size_t n, off64_t o), (f, b, n, o))
WRAP(ssize_t, write, "write", f, NULL, (int f, const void *b, size_t n), (f, b, n))
WRAP(ssize_t, pwrite, "write", f, NULL, (int f, const void *b, size_t n, off_t o), (f, b, n, o))
WRAP(ssize_t, pwrite64, "write", f, NULL, (int f, const void *b, size_t n, off64_t o), (f, b, n, o))
WRAP(int, fsync, "fsync", f, NULL, (int f), (f))
WRAP(int, rename, "rename", -1, b, (const char *a, const char *b), (a, b))
"""

METHODS = "zero-filled,sense"
COLUMNS = ["cases", "succeeded", "died", "lost", "half-written", "no sentence", "left behind", "not to be repeated",
           "never removed"]


class Command:
    """A command that writes results, `arguments(version)` giving them for two versions of its settings."""

    def __init__(self, name, folder, arguments):
        self.name, self.folder, self.arguments = name, folder, arguments


def whole_file(path):
    """Raises an error if a result cannot be read to its end by the reader of its kind."""
    name = path.name
    if name.endswith(".h5"):
        with h5py.File(path) as file:
            file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)
    elif name.endswith(".nii.gz"):
        assert nibabel.load(path).get_fdata().size
    elif name.endswith(".cfl"):
        # Of the pair the header is written last.
        sizes = path.with_suffix(".hdr").read_text().split("\n")[1].split()
        assert path.stat().st_size == 8 * np.prod([int(s) for s in sizes])
    elif name.endswith(".dcm"):
        assert pydicom.dcmread(path).pixel_array.size
    elif name.endswith(".json"):
        # A job's result has its checksum in a second line, which the sweep itself looks at.
        json.JSONDecoder().raw_decode(path.read_text())
    elif name.endswith(".csv"):
        assert list(csv.reader(path.open()))
        assert path.read_text().endswith("\n")
    elif name.endswith(".png"):
        assert path.read_bytes().endswith(b"IEND\xaeB`\x82")
    elif name.endswith(".gz"):
        gzip.decompress(path.read_bytes())


def results(folder):
    """The results in a folder: not what is hidden or has a temporary name."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))
            if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
            and ".partial-" not in path.name and not path.name.endswith(".part")}


def leftovers(folder):
    return [path.name for path in folder.rglob("*")
            if path.name.startswith(".unfinished") or ".partial-" in path.name or path.name.endswith(".part")]


class Study:
    def __init__(self, program, work, keep):
        self.program, self.work, self.keep = program, work, keep
        self.table, self.faults = {}, []
        self.shim = work / "shim.so"
        (work / "shim.c").write_text(SHIM)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", self.shim, work / "shim.c", "-ldl"], check=True)

    def commands(self, base):
        """The commands, on small scans in `base`."""
        self.run(["simulate", "-o", base / "scan.h5", "--rows", 64, "--columns", 64, "--coils", 4, "--slices", 3])
        (base / "data.yaml").write_text(
            "version: 1\nname: tiny\ntitle: Tiny\nlicence: none\nsource: faults.py\norigin: simulated\nscans:\n"
            "  - {name: scan, patient: a, anatomy: head, contrast: t1}\n")
        (base / "tiny.yaml").write_text(
            "version: 1\nname: tiny\ntitle: Tiny\ndataset: data.yaml\nmasks:\n  - pattern: random\n"
            f"    accelerations: [2, 3]\n    seeds: [{', '.join(map(str, range(6)))}]\nmethods:\n"
            "  - name: zero-filled\n  - name: sense\n")
        return [
            Command("recon", "out", lambda version: [
                "recon", base / "scan.h5", "--accel", 2 + version, "--seed", version, "--method", METHODS, "--nifti",
                "--cfl", "--dicom", "--submission", "-o", "out"]),
            Command("convert .h5", "made", lambda _: ["convert", base / "scan.h5", "made/scan.h5"]),
            Command("convert .cfl", "made", lambda _: ["convert", base / "scan.h5", "made/scan.cfl"]),
            Command("sweep", "run", lambda _: ["sweep", base / "tiny.yaml", "-o", "run", "--workers", 1]),
        ]

    def start(self, arguments, folder, *, environment=None, prepare=None):
        return subprocess.Popen(
            [str(a) for a in [self.program, *arguments]], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, preexec_fn=prepare, env=dict(os.environ, SWIFT_BACKTRACE="enable=no", **(environment or {})),
            start_new_session=True)

    def run(self, arguments, folder=None, **options):
        process = self.start(arguments, folder or self.work, **options)
        try:
            output, errors = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return 255, "", "hung for two minutes\nand was killed"
        return process.returncode, output, errors

    def prepared(self, command, place=None):
        """A fresh folder with the results of an undisturbed first run."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=place or self.work))
        (folder / command.folder).mkdir()
        if command.name not in self.first:
            status, _, errors = self.run(command.arguments(1), folder)
            assert status == 0, errors
            self.first[command.name] = pathlib.Path(tempfile.mkdtemp(dir=self.work)) / "first"
            shutil.copytree(folder / command.folder, self.first[command.name])
        elif command.name != "sweep":
            shutil.copytree(self.first[command.name], folder / command.folder, dirs_exist_ok=True)
        if command.name == "sweep":
            # A sweep resumes: what it must not lose are the jobs that are done.
            shutil.rmtree(folder / command.folder)
            shutil.copytree(self.first["sweep"], folder / command.folder)
            done = sorted((folder / command.folder / "jobs").glob("*.json"))
            for job in done[len(done) // 3:]:
                job.unlink()
        return folder

    first = {}

    def check(self, fault, command, folder, status, errors, *, lived=True, stopped=False, before=None, again=True):
        """Judges what a fault has left; `before` are the names of the earlier results."""
        row = self.table.setdefault((fault, command.name), collections.Counter())
        row["cases"] += 1
        found = results(folder / command.folder)
        complaints = [("lost", name) for name in before if name not in found]
        for name, path in found.items():
            try:
                whole_file(path)
            except Exception as error:  # noqa: BLE001: any reader's complaint is one here
                complaints.append(("lost" if name in before else "half-written", f"{name}: {error}"))
        text = errors.strip()
        if status == 0:
            row["succeeded"] += 1
        elif lived:
            notes = [line for line in text.splitlines() if not line.startswith(("Note:", "Warning:"))]
            if status not in ((1, 2, 130) if not stopped else (130, 1, 2)) or len(notes) != 1:
                complaints.append(("no sentence", f"status {status}: {text[-400:]}"))
        else:
            row["died"] += 1
        if leftovers(folder / command.folder):
            row["left unfinished files"] += 1
            if lived:
                complaints.append(("left behind", str(leftovers(folder / command.folder))))
        if again and (not lived or row["cases"] % 4 == 0):
            status, _, after = self.run(command.arguments(2), folder)
            if status != 0:
                complaints.append(("not to be repeated", after.strip()[-400:]))
            elif leftovers(folder / command.folder):
                complaints.append(("never removed", str(leftovers(folder / command.folder))))
            elif command.name == "sweep":
                kept = (folder / command.folder / "results.csv").read_bytes()
                if kept != (self.first["sweep"] / "results.csv").read_bytes():
                    complaints.append(("lost", "results.csv differs from that of an undisturbed sweep"))
        for kind, text in complaints:
            row[kind] += 1
            self.faults.append(f"{fault}, {command.name}, case {row['cases']}: {kind}: {text}")
        if complaints and self.keep:
            shutil.copytree(folder, self.keep / f"{fault} {command.name} {row['cases']}".replace("/", "-"))
        shutil.rmtree(folder)

    def names(self, command, folder):
        return set(results(folder / command.folder))

    def disturbed(self, fault, command, *, place=None, again=True, **options):
        folder = self.prepared(command, place)
        before = self.names(command, folder)
        status, _, errors = self.run(command.arguments(2), folder, **options)
        # 127: the loader found no room for the libraries, and the program never began.
        lived = status >= 0 and status != 127
        self.check(fault, command, folder, status, errors, before=before, lived=lived, again=again)
        return status

    def file_sizes(self, command, limits):
        for limit in limits:
            def prepare(limit=limit):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            self.disturbed("no more room in a file", command, prepare=prepare)

    def full_disk(self, command):
        disk = self.work / "disk"
        disk.mkdir(exist_ok=True)
        folder = self.prepared(command)
        used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        status, _, errors = self.run(command.arguments(2), folder)
        assert status == 0, errors
        shutil.rmtree(folder)
        for share in range(0, 12):
            size = int(used * (1.02 + share * 0.1)) // 4096 * 4096 + 16 * 4096
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk],
                              capture_output=True).returncode != 0:
                return
            try:
                try:
                    self.disturbed("full disk", command, place=disk, again=False)
                except OSError:
                    continue  # too small for the first results
            finally:
                subprocess.run(["umount", disk], check=True)

    def failing_calls(self, fault, command, call, error, file, cases, spares=None):
        """Lets call number k fail, for numbers spread over all calls of a run."""
        def environment(after):
            return {"LD_PRELOAD": str(self.shim), "FAULT_CALL": call, "FAULT_AFTER": str(after),
                    "FAULT_ERRNO": str(error), "FAULT_FILE": file, **({"FAULT_SPARES": spares} if spares else {})}
        # How many calls there are: the last one whose failure matters, by bisection over powers of two.
        most = 1
        while most < 1 << 20 and self.disturbed(fault, command, environment=environment(most)) != 0:
            most *= 2
        chosen = sorted(self.random.sample(range(most), min(most, cases)))
        for after in [0] + chosen:
            self.disturbed(fault, command, environment=environment(after))

    def short_memory(self, command, limits):
        for limit in limits:
            def prepare(limit=limit):
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            self.disturbed("short of memory", command, prepare=prepare)

    def killed(self, command, number, cases):
        fault = "SIGKILL" if number == signal.SIGKILL else "SIGTERM"
        folder = self.prepared(command)
        began = time.monotonic()
        self.run(command.arguments(2), folder)
        seconds = time.monotonic() - began
        shutil.rmtree(folder)
        for _ in range(cases):
            folder = self.prepared(command)
            before = self.names(command, folder)
            process = self.start(command.arguments(2), folder)
            time.sleep(self.random.uniform(0, 1.05 * seconds))
            process.send_signal(number)
            if number == signal.SIGKILL:
                # The processes of a machine that loses power die together.
                try:
                    os.killpg(process.pid, number)
                except ProcessLookupError:
                    pass
            _, errors = process.communicate(timeout=120)
            self.check(fault, command, folder, process.returncode, errors, before=before, stopped=True,
                       lived=process.returncode >= 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--kills", type=int, default=15, help="of each command, with each signal")
    parser.add_argument("--calls", type=int, default=8, help="calls that fail, of each kind and command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--only", nargs="*", default=[], help="faults whose names begin so")
    options = parser.parse_args()

    def wanted(fault):
        return not options.only or any(fault.startswith(name) for name in options.only)

    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        study = Study(options.program, work, options.keep)
        study.random = random.Random(options.seed)
        base = work / "base"
        base.mkdir()
        print("| fault | command | " + " | ".join(COLUMNS) + " |\n|" + "---|" * (len(COLUMNS) + 2), flush=True)
        for command in study.commands(base):
            size = sum(f.stat().st_size for f in results(study.prepared(command) / command.folder).values())
            if wanted("no more room"):
                study.file_sizes(command, [0, 100] + [size * k // 16 for k in range(1, 14, 2)])
            if wanted("full disk"):
                study.full_disk(command)
            for fault, call, error, file in [
                    ("failing writes", "write", 28, f"/{command.folder}/"),
                    ("failing syncs", "fsync", 5, f"/{command.folder}/"),
                    ("failing renamings", "rename", 13, command.folder + "/")]:
                if wanted(fault):
                    study.failing_calls(fault, command, call, error, file, options.calls)
            if wanted("failing reads"):
                study.failing_calls("failing reads", command, "read", 5, "scan.h5", options.calls)
                study.failing_calls("failing reads", command, "read", 5, "scan.h5", options.calls, spares="read-scan")
            if wanted("short of memory"):
                study.short_memory(command, [k << 20 for k in range(240, 900, 60)])
            for number in (signal.SIGKILL, signal.SIGTERM):
                if wanted(number.name):
                    study.killed(command, number, options.kills)
            for (fault, name), row in study.table.items():
                if name == command.name:
                    print(f"| {fault} | {name} | " + " | ".join(str(row[c]) for c in COLUMNS) + " |", flush=True)
        for fault in study.faults[:80]:
            print(fault)
        sys.exit(1 if study.faults else 0)


if __name__ == "__main__":
    main()
