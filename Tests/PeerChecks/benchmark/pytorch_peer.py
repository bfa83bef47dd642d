"""PyTorch as a peer (measured with 2.13.0 for CPU): generator, training step, convolutions, SENSE.

The memory layout is the quicker one of channels-last and contiguous, found anew for each job. The
program starts this script with an allocator setting that keeps large blocks.
"""

import pathlib
import sys

import peer

root = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(root / "protocols" / "training" / "pytorch"))

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    from ladder import Ladder
except ImportError as error:
    peer.unavailable(f"the Python module {error.name} is missing")

LAYOUTS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}


def network(message, layout):
    """The network of the weights file, its weights frozen and in the layout given."""
    model = Ladder.load(message["texts"]["weights"])
    return model.requires_grad_(False).to(memory_format=layout)


def features(message, name, layout):
    """[batch, rows, columns, channels] to PyTorch's axes in the layout given."""
    array = torch.from_numpy(peer.load(message, name))
    return array.permute(0, 3, 1, 2).contiguous(memory_format=layout)


def listed(tensor):
    """Back to [batch, rows, columns, channels]."""
    return tensor.detach().permute(0, 2, 3, 1).contiguous().numpy()


def choose(message, make):
    """The quicker layout's run, its answer and the layout's name."""
    torch.set_num_threads(message["threads"])
    made = {name: make(layout) for name, layout in LAYOUTS.items()}
    best = "channels_last" if message["quick"] else peer.quickest(
        {name: run for name, (run, _) in made.items()}, rounds=1
    )
    run, result = made[best]
    run()
    return run, {"results": peer.save(message, **result()), "form": best}


def generator(message):
    levels = int(message["numbers"]["levels"])

    def make(layout):
        net = network(message, layout)
        deviations = [
            features(message, f"deviation{k}", layout).requires_grad_() for k in range(levels)
        ]
        gradient = features(message, "gradient", layout)
        state = {}

        def run():
            for deviation in deviations:
                deviation.grad = None
            state["image"] = net.decode(deviations)
            state["image"].backward(gradient)

        def result():
            found = {f"gradient{k}": listed(e.grad) for k, e in enumerate(deviations)}
            return found | {"image": listed(state["image"])}

        return run, result

    return choose(message, make)


def generator_forward(message):
    levels = int(message["numbers"]["levels"])

    def make(layout):
        net = network(message, layout)
        deviations = [features(message, f"deviation{k}", layout) for k in range(levels)]
        state = {}

        def run():
            with torch.inference_mode():
                state["image"] = net.decode(deviations)

        return run, lambda: {"image": listed(state["image"])}

    return choose(message, make)


def training(message):
    """Forward, loss, backward, clipping, fused Adam and the moving average, on given views.

    The gradient that is compared is that of the first step, before anything has moved.
    """
    levels, numbers = int(message["numbers"]["levels"]), message["numbers"]
    order = message["texts"]["order"].split(",")
    free = [float(text) for text in message["texts"]["freeNats"].split(",") if text]

    def make(layout):
        net = network(message, layout).requires_grad_()
        named = dict(net.named_parameters())
        parameters = [named[name] for name in order]
        average = [p.detach().clone() for p in parameters]
        adam = torch.optim.Adam(
            parameters, lr=numbers["rate"], betas=(0.9, 0.99), eps=1e-8, fused=True
        )
        images = features(message, "images", layout)
        noise = [features(message, f"noise{k}", layout) for k in range(levels)]
        first = {}

        def run():
            adam.zero_grad(set_to_none=True)
            loss = net.loss(
                images, noise, None, numbers["imageScale"], numbers["weight"], free
            )
            loss.backward()
            if not first:
                flat = [p.grad.contiguous().reshape(-1) for p in parameters]
                first["gradient"] = torch.cat(flat).numpy().copy()
            torch.nn.utils.clip_grad_norm_(parameters, numbers["clip"])
            adam.step()
            with torch.no_grad():
                torch._foreach_lerp_(average, [p.detach() for p in parameters], 0.001)

        return run, lambda: dict(first)

    return choose(message, make)


def convolution(message):
    part = message["texts"]["part"]

    def make(layout):
        x = features(message, "input", layout)
        w = torch.from_numpy(peer.load(message, "weights")).contiguous(memory_format=layout)
        b = torch.from_numpy(peer.load(message, "bias"))
        g = features(message, "gradient", layout)
        state = {}

        def backward(wanted):
            return torch.ops.aten.convolution_backward(
                g, x, w, [b.numel()], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted
            )

        def run():
            with torch.inference_mode():
                if part == "forward":
                    state["result"] = F.conv2d(x, w, b, padding=1)
                elif part == "input":
                    state["result"] = backward([True, False, False])[0]
                else:
                    state["result"] = backward([False, True, True])[1]

        def result():
            found = state["result"]
            return {"result": found.contiguous().numpy() if part == "weights" else listed(found)}

        return run, result

    return choose(message, make)


def sense_normal(message):
    """Aᴴ A x with the shifts folded into maps and mask.

    form 1-D: transforms along the masked axis alone; form 2-D: along both, as is usual.
    """
    torch.set_num_threads(message["threads"])
    maps, image = (torch.from_numpy(peer.load(message, n)) for n in ("maps", "image"))
    mask = torch.from_numpy(peer.load(message, "mask"))
    # Shifting the image before and after the transforms only turns the phases of k-space, which
    # cancel in the normal operator; what stays is the mask with its centre at index 0.
    mask = torch.fft.ifftshift(mask).reshape(1, 1, -1).to(torch.complex64)
    conjugate = maps.conj().resolve_conj()
    state = {}

    def make(dimensions):
        def run():
            with torch.inference_mode():
                k = torch.fft.fftn(maps * image, dim=dimensions, norm="ortho")
                k *= mask
                back = torch.fft.ifftn(k, dim=dimensions, norm="ortho")
                back *= conjugate
                state["result"] = back.sum(0)

        return run

    run = make((-1,) if message["texts"]["form"] == "1-D" else (-2, -1))
    run()
    return run, {
        "results": peer.save(message, result=state["result"].numpy()),
        "form": message["texts"]["form"] + " transforms, shifts folded away",
    }


def ilo_stages(message):
    """ILO's stages: levels 0 … k move to lower
    (½‖A s G − y‖² + ½ w ‖s G − x‖²) / (s σ)² + ½ v ‖u‖², with ε = c + d u.

    The steps are of torch.optim.LBFGS with its strong Wolfe search, as many in each stage as ours. Maps
    and samples are shifted once, so that transforms along the masked axis alone need no shifts.
    """
    maps, y, image, mask = (
        torch.from_numpy(peer.load(message, n)) for n in ("maps", "measurements", "image", "mask")
    )
    scale, misfit, image_weight, prior, top, left, *iterations = (
        float(v) for v in peer.load(message, "settings")
    )
    top, left, iterations = int(top), int(left), [int(v) for v in iterations]
    rows, columns = image.shape
    maps = torch.fft.ifftshift(maps, -1)
    x = torch.fft.ifftshift(image, -1)
    # Where the sampled columns lie when the centre is at index 0. An uncentred transform of the shifted
    # image is the centred one in that order.
    chosen = (mask.nonzero()[:, 0] - columns // 2) % columns
    weight = 1 / (scale * misfit) ** 2

    def make(layout):
        net = network(message, layout)
        means = [features(message, f"mean{k}", layout) for k in range(len(iterations))]
        scales = [features(message, f"scale{k}", layout) for k in range(len(iterations))]
        state = {}

        def run():
            # LBFGS flattens its parameters by views.
            plain = torch.contiguous_format
            points = [torch.zeros_like(mean, memory_format=plain) for mean in means]
            losses, evaluations = [], 0
            for k, steps in enumerate(iterations):
                moving = [p.detach().requires_grad_() for p in points[: k + 1]]
                optimizer = torch.optim.LBFGS(
                    moving, lr=1, max_iter=steps, max_eval=1000, history_size=12,
                    tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe",
                )

                def loss():
                    u = moving + points[k + 1 :]
                    drawn = net.decode([c + d * e for c, d, e in zip(means, scales, u)])
                    drawn = scale * drawn[0, 0, top : top + rows, left : left + columns]
                    drawn = torch.fft.ifftshift(drawn, -1)
                    samples = torch.fft.fft(maps * drawn, norm="ortho")[..., chosen]
                    data = (samples - y).abs().square().sum()
                    apart = (drawn - x).square().sum()
                    density = sum(p.square().sum() for p in moving)
                    return 0.5 * (weight * (data + image_weight * apart) + prior * density)

                def closure():
                    nonlocal evaluations
                    evaluations += 1
                    optimizer.zero_grad(set_to_none=True)
                    value = loss()
                    value.backward()
                    return value

                optimizer.step(closure)
                points = [p.detach() for p in moving] + points[k + 1 :]
                with torch.no_grad():
                    losses.append(float(loss()))
            state["losses"], state["evaluations"] = losses, evaluations

        def result():
            return {
                "losses": np.array(state["losses"], "float32"),
                "evaluations": np.array([state["evaluations"]], "float32"),
            }

        return run, result

    return choose(message, make)


peer.serve(
    lambda: {"torch": torch.__version__, "numpy": np.__version__},
    {
        "generator": generator,
        "generator-forward": generator_forward,
        "training": training,
        "convolution": convolution,
        "sense-normal": sense_normal,
        "ilo-stages": ilo_stages,
    },
)
