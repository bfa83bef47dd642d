"""SigPy as a peer (measured with 0.1.27): SENSE normal operator, SENSE, ESPIRiT.

Its Fourier transforms are NumPy's, on one thread whatever is asked.
"""

import peer

try:
    import numpy as np
    import sigpy
    import sigpy.mri
except ImportError as error:
    peer.unavailable(f"the Python module {error.name} is missing")


def mask(message, maps):
    """[columns] to the weights that SigPy multiplies k-space with."""
    return np.broadcast_to(peer.load(message, "mask"), maps.shape[1:]).astype(np.float32)


def answer(message, run, state):
    run()
    return run, {"results": peer.save(message, result=state["result"]), "form": "as published"}


def sense_normal(message):
    maps, image = peer.load(message, "maps"), peer.load(message, "image")
    system = sigpy.mri.linop.Sense(maps, weights=mask(message, maps))
    normal = system.H * system
    state = {}

    def run():
        state["result"] = normal * image

    return answer(message, run, state)


def sense(message):
    kspace, maps = peer.load(message, "kspace"), peer.load(message, "maps")
    weights = mask(message, maps)
    state, numbers = {}, message["numbers"]

    def run():
        state["result"] = sigpy.mri.app.SenseRecon(
            kspace, maps, lamda=numbers["lambda"], weights=weights,
            max_iter=int(numbers["iterations"]), show_pbar=False,
        ).run()

    return answer(message, run, state)


def espirit(message):
    kspace, state = peer.load(message, "kspace"), {}

    def run():
        state["result"] = sigpy.mri.app.EspiritCalib(kspace, crop=0, show_pbar=False).run()

    return answer(message, run, state)


peer.serve(
    lambda: {"sigpy": sigpy.__version__, "numpy": np.__version__},
    {"sense-normal": sense_normal, "sense": sense, "espirit": espirit},
)
