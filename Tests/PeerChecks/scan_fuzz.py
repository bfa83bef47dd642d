#!/usr/bin/env python3
"""Feeds damaged files to mri-ilo's readers and judges what they do.

    scan_fuzz.py PROGRAM Tests/Fixtures [--cases 100000] [--seed 0] [--keep FOLDER] [--only KIND ...]

Needs numpy, h5py and nibabel. The files: every scan layout (HDF5, BART's `.cfl` with `.hdr` and `.ra`,
the XML of ISMRMRD headers), masks, NIfTI, safetensors and sweep protocols. The damage: a cut at every length
(of files over 1500 bytes at the first 750 and at lengths spread over the rest), every field and number of the headers replaced
by extreme ones, one to eight flipped bits, half of them where the headers are, and in texts also lines
and tokens left out, doubled and exchanged.

`mri-ilo read-files` reads thousands of them in one process with 2 GiB of memory; a file has 20 s. It must
answer each with a sentence, or with success if what it read is finite and, of a scan, not all zero; a
file of values that was cut short must not succeed. libhdf5 itself crashes on some files, and the program
reads scans and masks in a process of its own for that: where `read-files` dies or hangs on one, `mri-ilo convert`, or
`recon` with the mask, is run on the file, and must refuse it with status 1 and one sentence. Those are counted as contained. Status 1
of this script says that some case did otherwise; `--keep` has those files.
"""
import argparse
import collections
import concurrent.futures
import gzip
import os
import pathlib
import re
import resource
import select
import shutil
import subprocess
import sys
import tempfile

import h5py
import nibabel
import numpy as np

SECONDS, MEMORY, FILES_A_PROCESS = 20, 2 << 30, 2000
HDF5 = ["fastmri.h5", "m4raw_T101.h5", "raw.h5", "raw-odd.h5", "raw-3d.h5", "calgary-campinas.h5", "cmrxrecon.mat", "skm-tea.h5"]
BART = ["slices.cfl", "flat.cfl"]
NUMBERS = ["0", "-1", "1", "255", "65536", "2147483648", "-9223372036854775808", "18446744073709551616",
           "1e999", "1e-320", "nan", "inf", "", "12.3ms", "0x10", "9" * 400, "\u0664", "true", "null", "[]", "{}"]
WORDS = ["", "null", "~", "[]", "{}", "[[[[", "&a *a", "!!binary x", "\t", "-", "?", "'", '"', "\0", "\u202e",
         "\ufffd", "a" * 5000, "<<", "%YAML 9.9", "<!ENTITY a 'b'>", "&#0;", "]]>", "../../etc/passwd"]


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Reader:
    """A process of `mri-ilo read-files`, begun anew when it dies, hangs or has read enough."""

    def __init__(self, program):
        self.program, self.process, self.asked = program, None, 0

    def ask(self, path):
        """The answer, or `hang` or `crash` with what is known of it."""
        if self.process is None or self.asked >= FILES_A_PROCESS:
            self.close()
            self.process = subprocess.Popen(
                [self.program, "read-files"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, preexec_fn=limits, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
            self.asked, self.rest = 0, b""
        self.asked += 1
        self.process.stdin.write(os.fsencode(path) + b"\n")
        self.process.stdin.flush()
        while b"\n" not in self.rest:
            if not select.select([self.process.stdout], [], [], SECONDS)[0]:
                self.close(kill=True)
                return "hang", ""
            part = os.read(self.process.stdout.fileno(), 1 << 16)
            if not part:
                status = self.process.wait()
                self.close()
                return "crash", f"status {status}"
            self.rest += part
        answer, self.rest = self.rest.split(b"\n", 1)
        answer = answer.decode(errors="replace")
        kind, _, text = answer.partition(" ")
        if self.rest or kind not in ("read", "refused", "wrong"):
            return "no sentence", answer
        if kind == "refused" and ("\\n" in text or len(text) < 20 or "Error(" in text or len(text) > 3000):
            return "no sentence", text
        return kind, text

    def close(self, kill=False):
        if self.process is not None:
            if kill:
                self.process.kill()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None


def as_a_user(program, path, folder, kind):
    """What `mri-ilo convert` does with a scan, or `recon` with a mask, on which a reader in its own process failed."""
    out = folder / "out.h5"
    command = ["convert", str(path), str(out)]
    if kind.mask_of:
        command = ["recon", str(kind.mask_of), "--mask", str(path), "--method", "zero-filled", "-o", str(out)]
    try:
        run = subprocess.run([program, *command], capture_output=True, timeout=180, preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return "hang", ""
    text = run.stderr.decode(errors="replace").strip()
    if run.returncode not in (0, 1, 2):
        return "crash", f"status {run.returncode}: {text[:200]}"
    if run.returncode == 0:
        shutil.rmtree(out) if out.is_dir() else out.unlink(missing_ok=True)
        return ("read", text)
    if len(text.splitlines()) != 1 or not text.endswith("."):
        return "no sentence", text[:300]
    return ("left a file", text) if out.exists() else ("contained", text)


# Damage: functions of (bytes, random generator, case) that give bytes and whether they are only cut short.

def cut(data, case, cases):
    """Cuts at every length of a small file; of a large one at each of the first lengths, then spread."""
    if len(data) <= cases:
        return data[:case]
    half = cases // 2
    return data[:case if case < half else half + (len(data) - half) * (case - half) // (cases - half)]


def flip(data, rng, head=2048):
    data = bytearray(data)
    end = min(len(data), head) if rng.integers(2) else len(data)
    for _ in range(int(rng.integers(1, 9))):
        data[int(rng.integers(end))] ^= 1 << int(rng.integers(8))
    return bytes(data)


def field(data, rng, head=4096):
    """A field of one to eight bytes, as headers have them, with an extreme value or any."""
    data = bytearray(data)
    size = int(rng.choice([1, 2, 4, 8]))
    place = int(rng.integers(max(1, min(len(data), head) // size))) * size
    bits = 8 * size
    value = [0, 1, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1, len(data), len(data) + 1,
             int(rng.integers(1 << 62))][int(rng.integers(8))] % (1 << bits)
    data[place:place + size] = value.to_bytes(size, "little")
    if size == 4 and rng.integers(4) == 0:
        data[place:place + 4] = np.float32(rng.choice([np.nan, np.inf, -1, 1e38, 1e-45])).tobytes()
    return bytes(data)


def text_damage(text, rng):
    """Numbers, words, lines and characters of a text replaced, left out, doubled or exchanged."""
    choice = int(rng.integers(7))
    spans = [m.span() for m in re.finditer(r"-?\d[\d.eE+-]*" if choice < 3 else r"[\w.-]+", text)]
    if choice < 5 and spans:
        start, end = spans[int(rng.integers(len(spans)))]
        pool = NUMBERS if choice < 3 else NUMBERS + WORDS
        return text[:start] + pool[int(rng.integers(len(pool)))] + text[end:]
    lines = text.splitlines(keepends=True)
    if choice == 5 and len(lines) > 1:
        a, b = rng.integers(len(lines), size=2)
        lines[a:a + 1] = [[], [lines[a]] * 2, [lines[b]], [lines[a], WORDS[int(rng.integers(len(WORDS)))] + "\n"],
                          [" " * int(rng.integers(1, 5)) + lines[a]]][int(rng.integers(5))]
        return "".join(lines)
    place = int(rng.integers(len(text)))
    return text[:place] + chr(int(rng.choice([0, 9, 34, 38, 39, 45, 58, 60, 62, 91, 123, 125, 0x85, 0x202e, 0x1f600]))) \
        + text[place + int(rng.integers(3)):]


class Kind:
    """A kind of file: its name, the whole file and how it is damaged."""

    def __init__(self, name, ending, data, *, scan=False, text=False, beside=None, cuts=1500, slack=0,
                 mask_of=None):
        self.name, self.ending, self.data = name, ending, data
        self.scan, self.text, self.beside, self.slack, self.mask_of = scan, text, beside, slack, mask_of
        self.cuts = min(len(data), cuts)

    def case(self, number, rng):
        """The files of a case by their endings, and whether the values were cut short."""
        if number < self.cuts:
            damaged, is_cut = cut(self.data, number, self.cuts), not self.text
            is_cut = is_cut and len(damaged) < len(self.data) - self.slack
        elif self.text:
            text = self.data.decode()
            for _ in range(int(rng.integers(1, 4))):
                text = text_damage(text, rng) if text else text
            damaged, is_cut = text.encode(errors="replace"), False
        else:
            damaged, is_cut = [flip, field][number % 2](self.data, rng), False
        return {self.ending: damaged, **(self.beside or {})}, is_cut


class HeaderText(Kind):
    """A text inside a file: the header of ISMRMRD in HDF5, of safetensors, and the fields of NIfTI.gz."""

    def __init__(self, name, ending, data, wrap, **options):
        super().__init__(name, ending, data, text=True, **options)
        self.wrap = wrap

    def case(self, number, rng):
        files, _ = super().case(number, rng)
        files[self.ending] = self.wrap(files[self.ending])
        return files, False


def xml_of(path):
    with h5py.File(path) as file:
        text = np.ravel(file["dataset/xml"][()])[0]
    return text if isinstance(text, bytes) else text.encode()


def with_xml(source, name):
    """Gives an HDF5 file another XML header, or its first one."""
    def wrap(xml):
        with tempfile.NamedTemporaryFile(dir="/dev/shm", suffix=".h5") as copy:
            shutil.copy(source, copy.name)
            with h5py.File(copy.name, "r+") as file:
                shape = file[name].shape if name in file else ()
                if name in file:
                    del file[name]
                file.create_dataset(name, shape=shape, dtype=h5py.string_dtype())
                file[name][...] = xml.replace(b"\0", b"")
            return pathlib.Path(copy.name).read_bytes()
    return wrap


def kinds(program, fixtures, work):
    scans = fixtures / "scans"
    for name in HDF5:
        yield Kind(name, pathlib.Path(name).suffix, (scans / name).read_bytes(), scan=True)
    for name in BART:
        array, header = (scans / name).read_bytes(), (scans / name).with_suffix(".hdr").read_bytes()
        yield Kind(name, ".cfl", array, scan=True, beside={".hdr": header})
        yield Kind(name[:-4] + ".hdr", ".hdr", header, scan=True, text=True, beside={".cfl": array})
    yield Kind("volume.ra", ".ra", (scans / "volume.ra").read_bytes(), scan=True)
    for name, dataset in [("fastmri.h5", "ismrmrd_header"), ("raw.h5", "dataset/xml")]:
        yield HeaderText(f"XML in {name}", ".h5", xml_of(scans / "raw.h5"), with_xml(scans / name, dataset),
                         scan=True)
    mask = np.arange(20) % 3 < 1
    mask[7:13] = True
    for name, options in [("plain", {}), ("chunks", {"chunks": (7, 5), "compression": "gzip", "shuffle": True})]:
        with h5py.File(work / "mask.h5", "w") as file:
            file.create_dataset("mask", data=np.tile(mask, (24, 1)).astype("f4"), **options).attrs["by"] = "hand"
            file["other/values"] = np.arange(5)
        yield Kind(f"mask, HDF5, {name}", ".mask.h5", (work / "mask.h5").read_bytes(), mask_of=(scans / "fastmri.h5").resolve())
    np.save(work / "mask.npy", np.tile(mask, (24, 1)))
    yield Kind("mask, NumPy", ".npy", (work / "mask.npy").read_bytes())
    yield Kind("mask, text", ".txt", (fixtures / "masks" / "points.txt").read_bytes(), text=True)
    rng = np.random.default_rng(0)
    for kind in (np.int16, np.float32):
        path = work / f"{kind.__name__}.nii"
        volume = nibabel.Nifti1Image((100 * rng.random((12, 10, 3))).astype(kind), np.eye(4))
        volume.header["xyzt_units"] = 2
        nibabel.save(volume, path)
        yield Kind(f"NIfTI, {kind.__name__}", ".nii", path.read_bytes())
    # Without its last bytes a stream still gives all voxels: the checksum behind them is not waited for.
    yield Kind("NIfTI, gzip", ".nii.gz", gzip.compress(path.read_bytes(), mtime=0), slack=16)
    packed = path.read_bytes()
    # Damage before the packing, which the checksum does not see.
    yield Packed("NIfTI in gzip", ".nii.gz", packed)
    weights = work / "own.safetensors"
    run = subprocess.run([program, "weights", "import", str(fixtures / "ladder-1.safetensors"), "-o", str(weights)],
                         capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    data = weights.read_bytes()
    yield Kind("safetensors", ".safetensors", data)
    length = int.from_bytes(data[:8], "little")
    yield HeaderText(
        "safetensors, JSON", ".safetensors", data[8:8 + length],
        lambda text: len(text).to_bytes(8, "little") + text + data[8 + length:])
    for path in sorted((fixtures.parent.parent / "protocols").glob("*.yaml")):
        yield Kind(f"protocol {path.stem}", ".yaml", path.read_bytes(), text=True)


class Packed(Kind):
    def case(self, number, rng):
        files, is_cut = super().case(number, rng)
        return {self.ending: gzip.compress(files[self.ending], 1, mtime=0)}, is_cut


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("fixtures", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=100_000, help="in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--only", nargs="*", help="kinds whose names begin so")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    bad = []

    def run(index, kind, cases):
        rng = np.random.default_rng([options.seed, index])
        counts = collections.Counter()
        reader = Reader(options.program)
        with tempfile.TemporaryDirectory(dir="/dev/shm") as work:
            work = pathlib.Path(work)
            for number in range(cases):
                files, is_cut = kind.case(number, rng)
                for ending, data in files.items():
                    (work / f"case{ending}").write_bytes(data)
                asked = work / ("case.cfl" if ".cfl" in files else f"case{kind.ending}")
                answer, text = reader.ask(asked)
                if answer in ("crash", "hang") and (kind.scan or kind.mask_of):
                    answer, text = as_a_user(options.program, asked, work, kind)
                if answer == "read" and is_cut:
                    answer = "truncated but read"
                counts[answer] += 1
                if answer not in ("refused", "read", "contained"):
                    bad.append((kind.name, number, answer, text))
                    if options.keep:
                        target = options.keep / re.sub(r"\W+", "-", f"{kind.name} {number} {answer}")
                        target.mkdir(parents=True, exist_ok=True)
                        for file in work.glob("case*"):
                            shutil.copy(file, target)
        reader.close()
        return kind.name, counts

    with tempfile.TemporaryDirectory() as work:
        all_kinds = list(enumerate(kinds(options.program, options.fixtures, pathlib.Path(work))))
    if options.only:
        all_kinds = [(i, k) for i, k in all_kinds if any(k.name.startswith(name) for name in options.only)]
    share = -(-options.cases // len(all_kinds))
    names = ["refused", "read", "contained", "wrong", "truncated but read", "crash", "hang", "no sentence",
             "left a file"]
    print("| file | cases | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 2), flush=True)
    total = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        jobs = [pool.submit(run, index, kind, share) for index, kind in all_kinds]
        for job in jobs:
            name, counts = job.result()
            total += counts
            print(f"| {name} | {counts.total()} | " + " | ".join(str(counts[n]) for n in names) + " |", flush=True)
    print(f"| all | {total.total()} | " + " | ".join(str(total[n]) for n in names) + " |")
    for name, number, answer, text in bad[:60]:
        print(f"{name}, case {number}: {answer}: {text[:300]}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
