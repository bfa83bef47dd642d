"""The conversation of a peer with `mri-ilo benchmark --against`: JSON lines in, JSON lines out.

    {"command": "hello"}                        -> {"versions": {...}}
    {"command": "prepare", "job": NAME, "threads": N, "quick": BOOL, "folder": PATH,
     "inputs": {NAME: PATH of .npy}, "numbers": {NAME: NUMBER}, "texts": {NAME: TEXT}}
                                                -> {"results": {NAME: PATH of .npy}, "form": TEXT}
    {"command": "run", "repeats": N}            -> {"seconds": [...], "gross": [...] or absent}

`prepare` makes the data ready, runs once and stores the results; `run` times what was prepared. What
goes wrong is answered with {"error": TEXT}. The end of the input ends the peer.
"""

import json
import os
import signal
import sys
import time
import traceback

import numpy as np


def load(message, name):
    return np.load(message["inputs"][name])


def save(message, **arrays):
    """Stores results; returns their paths."""
    paths = {}
    for name, array in arrays.items():
        paths[name] = os.path.join(message["folder"], f"result-{os.getpid()}-{name}.npy")
        np.save(paths[name], np.ascontiguousarray(array))
    return paths


def timed(run):
    """Seconds of a run; a run that measures itself returns a pair, net and gross."""
    start = time.perf_counter()
    own = run()
    taken = time.perf_counter() - start
    return own if own is not None else (taken, None)


def quickest(candidates, rounds=2):
    """The name of the candidate that is quickest, each after a run that warms up."""
    times = {}
    for name, run in candidates.items():
        run()
        times[name] = min(timed(run)[0] for _ in range(rounds))
    return min(times, key=times.get)


def serve(versions, jobs):
    """Answers until the input ends. `versions` is a function; `jobs` maps names to functions that
    take the message of `prepare` and return a function that runs once, and the answer."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program ends its peers itself
    run = None
    for line in sys.stdin:
        try:
            message = json.loads(line)
            command = message["command"]
            if command == "hello":
                answer = {"versions": versions()}
            elif command == "prepare":
                run, answer = jobs[message["job"]](message)
            elif command == "run":
                pairs = [timed(run) for _ in range(message["repeats"])]
                answer = {"seconds": [net for net, _ in pairs]}
                if pairs[0][1] is not None:
                    answer["gross"] = [gross for _, gross in pairs]
            else:
                answer = {"error": f"unknown command {command}"}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def unavailable(text):
    """Answers the first question with what is missing."""
    sys.stdin.readline()
    print(json.dumps({"error": text}), flush=True)
    sys.exit(1)
