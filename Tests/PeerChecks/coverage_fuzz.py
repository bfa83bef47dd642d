#!/usr/bin/env python3
"""libFuzzer against the parsers that are mri-ilo's own, guided by what of the program a file reaches.

    coverage_fuzz.py [--seconds 300] [--only KIND ...] [--scratch .build/fuzz] [--keep FOLDER] [--seed 1]

Run it in the project's folder; it needs a Swift toolchain with libFuzzer (all official ones), h5py and nibabel. It
builds the program anew, instrumented for coverage and with the address sanitizer, and gives it the files of
Tests/Fixtures and of protocols/ to begin with. `mri-ilo read-files --guided ENDING` judges each file as for
scan_fuzz.py: values that are no numbers or a scan of zeros end the process as a crash does, a file may
take 20 s and the process 2 GiB. A table says how many files were tried, how many edges of the program they
reached at first and at last, and what was found; status 1 if anything was.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import h5py
import nibabel
import numpy as np

FIXTURES = pathlib.Path("Tests/Fixtures")


def build(scratch):
    swift = pathlib.Path(shutil.which("swift")).resolve()
    runtime = subprocess.run([swift.with_name("clang"), "-print-runtime-dir"], capture_output=True, text=True,
                             check=True).stdout.strip()
    # By the target's name or by the system's, as the toolchain has it.
    places = [pathlib.Path(runtime) / "libclang_rt.fuzzer_no_main.a",
              pathlib.Path(runtime).parent / "linux" / f"libclang_rt.fuzzer_no_main-{os.uname().machine}.a"]
    library = next((place for place in places if place.exists()), None)
    if library is None:
        sys.exit("this toolchain holds no libFuzzer at " + " or ".join(map(str, places)))
    # To the compiler alone: told to link, swiftc would add libFuzzer's own main function.
    flags = ["-Xswiftc", "-Xfrontend", "-Xswiftc", "-sanitize=fuzzer", "-Xcc", "-fsanitize=fuzzer-no-link"]
    for word in ["--whole-archive", str(library), "--no-whole-archive", "-lstdc++", "--export-dynamic"]:
        flags += ["-Xlinker", word]
    command = ["swift", "build", "-c", "release", "--product", "mri-ilo", "--scratch-path", scratch,
               "--sanitize", "address"] + flags
    subprocess.run(command, check=True)
    return os.path.abspath(pathlib.Path(scratch) / "release" / "mri-ilo")


def xml(path):
    with h5py.File(path) as file:
        text = np.ravel(file["dataset/xml"][()])[0]
    return text if isinstance(text, bytes) else text.encode()


def kinds(program, work):
    """Names, endings, first files and files beside them."""
    scans = FIXTURES / "scans"
    headers = [(scans / name).read_bytes() for name in ("slices.hdr", "flat.hdr")]
    yield "BART header", "hdr", headers, {"case.cfl": (scans / "slices.cfl").read_bytes()}
    arrays = [(scans / name).read_bytes() for name in ("slices.cfl", "flat.cfl")]
    yield "BART array", "cfl", arrays, {"case.hdr": headers[0]}
    yield "BART .ra", "ra", [(scans / "volume.ra").read_bytes()], {}
    yield "XML of ISMRMRD", "xml", [xml(scans / name) for name in ("raw.h5", "raw-3d.h5", "raw-odd.h5")], {}
    volumes = []
    rng = np.random.default_rng(0)
    for kind in (np.uint8, np.int16, np.float32, np.complex64):
        path = work / "seed.nii"
        nibabel.save(nibabel.Nifti1Image((100 * rng.random((5, 4, 2))).astype(kind), np.eye(4)), path)
        volumes.append(path.read_bytes())
    for image in (nibabel.Nifti2Image((100 * rng.random((5, 4, 2))).astype(np.int16), np.eye(4)),
                  nibabel.Nifti1Image((100 * rng.random((5, 4, 2, 3))).astype(np.float32), np.eye(4))):
        nibabel.save(image, path)
        volumes.append(path.read_bytes())
    yield "NIfTI", "nii", volumes, {}
    weights = work / "own.safetensors"
    subprocess.run([program, "weights", "import", str(FIXTURES / "ladder-1.safetensors"), "-o", str(weights)],
                   check=True, capture_output=True)
    data = weights.read_bytes()
    # The header alone decides what is read; with few bytes behind it a case is quick.
    yield "safetensors", "safetensors", [data, data[:8 + int.from_bytes(data[:8], "little") + 64]], {}
    texts = [path.read_bytes() for path in sorted(pathlib.Path("protocols").rglob("*.yaml"))]
    texts += [path.read_bytes() for path in sorted(pathlib.Path("datasets").rglob("*.yaml"))]
    masks = FIXTURES / "masks"
    yield "NumPy's masks", "npy", [path.read_bytes() for path in sorted(masks.glob("*.npy"))], {}
    yield "masks as text", "txt", [path.read_bytes() for path in sorted(masks.glob("*.[tc][xs][tv]"))], {}
    yield "YAML of protocols, recipes, manifests", "yaml", texts, {}


def fuzz(program, kind, options):
    name, ending, seeds, beside = kind
    with tempfile.TemporaryDirectory(dir="/dev/shm") as work:
        work = pathlib.Path(work)
        corpus, folder, found = work / "corpus", work / "case", work / "found"
        for path in (corpus, folder, found):
            path.mkdir()
        for index, seed in enumerate(seeds):
            (corpus / f"seed{index}").write_bytes(seed)
        for file, data in beside.items():
            (folder / file).write_bytes(data)
        most = max(4096, 2 * max(map(len, seeds)))
        run = subprocess.run(
            [program, "read-files", "--guided", ending, "--folder", str(folder), "--",
             f"-max_total_time={options.seconds}", f"-max_len={min(most, 1 << 16)}", "-timeout=20",
             "-rss_limit_mb=2048", f"-seed={options.seed}", f"-artifact_prefix={found}/", "-print_final_stats=1",
             str(corpus)],
            capture_output=True, text=True, errors="replace",
            env=dict(os.environ, SWIFT_BACKTRACE="enable=no", ASAN_OPTIONS="detect_leaks=0"))
        log = run.stderr
        edges = [int(n) for n in re.findall(r"cov: (\d+)", log)]
        executed = re.search(r"number_of_executed_units: (\d+)", log)
        leftovers = sorted(found.iterdir())
        if leftovers or run.returncode:
            target = options.keep / re.sub(r"\W+", "-", name)
            target.mkdir(parents=True, exist_ok=True)
            (target / "log.txt").write_text(log)
            for file in leftovers:
                shutil.copy(file, target / f"{file.name}.{ending}")
        return (name, int(executed[1]) if executed else 0, edges[0] if edges else 0, edges[-1] if edges else 0,
                len(list(corpus.iterdir())) - len(seeds), [file.name for file in leftovers], run.returncode)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="for each kind of file")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--scratch", default=".build/fuzz")
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path(".build/fuzz-found"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    program = build(options.scratch)
    with tempfile.TemporaryDirectory() as work:
        cases = [kind for kind in kinds(program, pathlib.Path(work))
                 if not options.only or any(kind[0].startswith(word) for word in options.only)]
    print("| file | files tried | edges at first | edges at last | files kept for new edges | found |\n"
          "|---|---|---|---|---|---|", flush=True)
    bad = False
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        for name, tried, first, last, new, found, status in pool.map(
                lambda kind: fuzz(program, kind, options), cases):
            bad = bad or bool(found) or status != 0 or tried == 0
            print(f"| {name} | {tried} | {first} | {last} | {new} | {', '.join(found) or status or '0'} |", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
