"""BART as a peer (measured with 0.8.00): SENSE, L1-wavelet, ESPIRiT, as processes on cfl files.

A near-empty call (below) that reads and writes the same files is timed before every run; its time is
subtracted. The times with start-up and files are reported too.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import peer

import numpy as np

if shutil.which("bart") is None:
    peer.unavailable("the program bart is not on the PATH")

child = None


def ended(_signal, _frame):
    if child is not None:
        child.kill()
    sys.exit(1)


signal.signal(signal.SIGTERM, ended)


def bart(message, *arguments):
    """Seconds of one call of BART."""
    global child
    environment = os.environ | {"OMP_NUM_THREADS": str(message["threads"])}
    start = time.perf_counter()
    child = subprocess.Popen(
        ["bart", *arguments], cwd=message["folder"], env=environment, stdout=subprocess.DEVNULL
    )
    status = child.wait()
    taken = time.perf_counter() - start
    child = None
    if status != 0:
        raise RuntimeError(f"bart {' '.join(arguments)}: status {status}")
    return taken


def write_cfl(message, name, array):
    """[coils, rows, columns] becomes BART's (rows, columns, 1, coils)."""
    path = pathlib.Path(message["folder"]) / name
    array = np.moveaxis(array, 0, -1)[:, :, None, :].astype(np.complex64)
    path.with_suffix(".hdr").write_text(
        "# Dimensions\n" + " ".join(str(n) for n in array.shape) + "\n"
    )
    array.ravel(order="F").tofile(path.with_suffix(".cfl"))


def read_cfl(message, name):
    """BART's (rows, columns, 1, coils) becomes [coils, rows, columns]."""
    path = pathlib.Path(message["folder"]) / name
    shape = [int(n) for n in path.with_suffix(".hdr").read_text().split("\n")[1].split()]
    array = np.fromfile(path.with_suffix(".cfl"), np.complex64).reshape(shape, order="F")
    return np.moveaxis(array.reshape(array.shape[:4])[:, :, 0, :], -1, 0)


def job(message, empty, arguments):
    def run():
        nothing = bart(message, *empty)
        gross = bart(message, *arguments)
        return max(gross - nothing, 1e-6), gross

    run()
    found = read_cfl(message, "bart-out")
    result = found if message["job"] == "espirit" else found[0]
    return run, {
        "results": peer.save(message, result=result),
        "form": "bart " + " ".join(arguments[:-3] if "pics" in arguments else arguments[:-2]),
    }


def pics(message, *options):
    for name in ("kspace", "maps"):
        write_cfl(message, "bart-" + name, peer.load(message, name))
    # Reads both files, adds up one product over the coils, writes an image.
    empty = ("fmac", "-s", "8", "bart-kspace", "bart-maps", "bart-empty")
    files = ("bart-kspace", "bart-maps", "bart-out")
    iterations = str(int(message["numbers"]["iterations"]))
    return job(message, empty, ("pics", "-w", "1", *options, "-i", iterations, *files))


def sense(message):
    return pics(message, "-l2", "-r", str(message["numbers"]["lambda"]))


def l1_wavelet(message):
    return pics(
        message, "--wavelet", message["texts"]["wavelet"],
        "-R", f"W:3:0:{message['numbers']['lambda']}",
    )


def espirit(message):
    write_cfl(message, "bart-kspace", peer.load(message, "kspace"))
    # Reads the k-space and writes an array of the maps' size.
    empty = ("copy", "bart-kspace", "bart-empty")
    return job(message, empty, ("ecalib", "-m1", "-c0", "bart-kspace", "bart-out"))


def versions():
    found = subprocess.run(["bart", "version"], capture_output=True, text=True, check=True)
    return {"bart": found.stdout.strip(), "numpy": np.__version__}


peer.serve(versions, {"sense": sense, "l1-wavelet": l1_wavelet, "espirit": espirit})
