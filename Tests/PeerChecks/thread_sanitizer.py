#!/usr/bin/env python3
"""The tests under ThreadSanitizer.

    thread_sanitizer.py [--scratch .build/thread] [--filter REGEX] [--skip REGEX]

Builds the tests with --sanitize=thread (a build of its own, 20 minutes), runs them with thread_sanitizer.c loaded
before all else, and counts the reports by their last lines. Status 1 if there is one, or if a test fails.
"""
import argparse
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--scratch", default=".build/thread")
parser.add_argument("--filter", action="append", default=[])
parser.add_argument("--skip", action="append", default=[])
parser.add_argument("--skip-build", action="store_true")
options = parser.parse_args()
sanitized = ["--sanitize", "thread", "--scratch-path", options.scratch]
if not options.skip_build:
    subprocess.run(["swift", "build", "--build-tests", *sanitized], check=True)
with tempfile.TemporaryDirectory() as work:
    shim = pathlib.Path(work) / "shim.so"
    clang = pathlib.Path(shutil.which("swift")).resolve().with_name("clang")
    library = clang.parent.parent / "lib" / "swift" / "linux"
    subprocess.run(
        [clang, "-shared", "-fPIC", "-fblocks", "-O1", pathlib.Path(__file__).with_suffix(".c"), "-o", shim,
         f"-L{library}", "-lBlocksRuntime", f"-Wl,-rpath,{library}", "-ldl"], check=True)
    chosen = [word for name in ("filter", "skip") for text in getattr(options, name) for word in (f"--{name}", text)]
    run = subprocess.run(
        ["swift", "test", "--skip-build", *sanitized, *chosen], capture_output=True, text=True, errors="replace",
        env=dict(os.environ, LD_PRELOAD=str(shim), SWIFT_BACKTRACE="enable=no",
                 TSAN_OPTIONS=f"halt_on_error=0 exitcode=0 report_signal_unsafe=0 log_path={work}/report"))
    reports = "".join(path.read_text(errors="replace") for path in pathlib.Path(work).glob("report*"))
closing = [line for line in (run.stdout + run.stderr).splitlines() if "Test run with" in line or "✘ Test " in line]
print("\n".join(closing[-30:]))
found = collections.Counter(re.findall(r"SUMMARY: ThreadSanitizer: (.*)", reports))
for text, count in found.most_common():
    print(count, text)
print(f"{sum(found.values())} reports")
if found:
    pathlib.Path(options.scratch, "reports.txt").write_text(reports)
sys.exit(1 if found or run.returncode else 0)
