"""Writes Tests/Fixtures/pytorch.json: layer and network values computed by PyTorch.

    python Tests/PeerChecks/pytorch_fixtures.py        (needs torch; made with 2.13.0 for CPU)

Inputs and weights come from a formula (`wave`) that the Swift tests repeat, so only PyTorch's
results are stored. Arrays are channels-first here and channels-last in the Swift code.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_grad_enabled(True)


def wave(shape, seed):
    n = 1
    for s in shape:
        n *= s
    i = torch.arange(n, dtype=torch.float64)
    return torch.sin(0.7548776662 * i * (seed + 1) + 0.31 * seed).reshape(shape)


def listed(tensor):
    return [float("%.9g" % v) for v in tensor.detach().reshape(-1).tolist()]


def layers():
    cases = []
    for inputs, outputs, kernel, rows, columns, up in [
        (16, 16, 3, 9, 7, False),
        (5, 7, 3, 6, 5, False),
        (16, 32, 3, 3, 4, True),
        (3, 5, 4, 6, 8, False),
        (2, 16, 1, 5, 3, False),
    ]:
        x = wave((2, inputs, rows, columns), 1).requires_grad_()
        w = wave((outputs, inputs, kernel, kernel), 2).requires_grad_()
        b = wave((outputs,), 3).requires_grad_()
        h = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) if up else x
        y = F.conv2d(F.leaky_relu(h, 0.2), w, b, stride=2 if kernel == 4 else 1,
                     padding=0 if kernel == 1 else 1)
        y.backward(wave(y.shape, 4))
        cases.append(dict(inputs=inputs, outputs=outputs, kernel=kernel, rows=rows,
                          columns=columns, upsampled=up, forward=listed(y), input=listed(x.grad),
                          weights=listed(w.grad), bias=listed(b.grad)))
    return cases


class Ladder:
    """The network, plainly: parameters in the order of the weights file's layout."""

    def __init__(self, widths, latents, encoder):
        self.widths, self.latents, self.encoder = widths, latents, encoder
        self.p, self.names = {}, []
        e = encoder[::-1]
        self.add("decoder.root", (widths[0],))
        for k, (w, z) in enumerate(zip(widths, latents)):
            d = "decoder.level%d" % k
            if k:
                self.conv(d + ".upsampling", widths[k - 1], w)
            self.residual(d + ".entry", w)
            self.conv(d + ".prior", w, 2 * z)
            self.conv(d + ".latent", z, w, 1)
            self.residual(d + ".exit", w)
            self.conv("encoder.level%d.posterior.first" % k, w + e[k], w)
            self.conv("encoder.level%d.posterior.second" % k, w, 2 * z)
        self.conv("decoder.output", widths[-1], 1)
        self.conv("encoder.input", 1, encoder[0])
        self.residual("encoder.block0", encoder[0])
        for k in range(1, len(encoder)):
            self.conv("encoder.down%d" % k, encoder[k - 1], encoder[k], 4)
            self.residual("encoder.block%d" % k, encoder[k])

    def add(self, name, shape):
        seed = len(self.names)
        self.p[name] = (0.15 * wave(shape, seed)).requires_grad_()
        self.names.append(name)

    def conv(self, name, i, o, k=3):
        self.add(name + ".weight", (o, i, k, k))
        self.add(name + ".bias", (o,))

    def residual(self, name, c):
        self.conv(name + ".first", c, c)
        self.conv(name + ".second", c, c)

    def run(self, name, x):
        w = self.p[name + ".weight"]
        k = w.shape[-1]
        return F.conv2d(x, w, self.p[name + ".bias"], stride=2 if k == 4 else 1,
                        padding=0 if k == 1 else 1)

    def block(self, name, x):
        act = lambda v: F.leaky_relu(v, 0.2)
        return x + self.run(name + ".second", act(self.run(name + ".first", act(x))))

    def encode_features(self, x):
        h = self.block("encoder.block0", self.run("encoder.input", x))
        out = [h]
        for k in range(1, len(self.encoder)):
            h = self.block("encoder.block%d" % k,
                           self.run("encoder.down%d" % k, F.leaky_relu(h, 0.2)))
            out.append(h)
        return out[::-1]

    def prepare(self, k, h, batch, rows, columns):
        d = "decoder.level%d" % k
        if k == 0:
            h = self.p["decoder.root"].reshape(1, -1, 1, 1).expand(batch, -1, rows, columns)
        else:
            h = F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)
            h = self.run(d + ".upsampling", F.leaky_relu(h, 0.2))
        h = self.block(d + ".entry", h)
        mean, log = self.run(d + ".prior", h).chunk(2, 1)
        return h, mean, log.clamp(-4, 2)

    def finish(self, k, h, z):
        d = "decoder.level%d" % k
        return self.block(d + ".exit", h + self.run(d + ".latent", z))

    def output(self, h):
        return self.run("decoder.output", F.leaky_relu(h, 0.2))

    def posterior(self, k, h, f):
        e = "encoder.level%d.posterior" % k
        hidden = self.run(e + ".first", torch.cat([h, F.leaky_relu(f, 0.2)], 1))
        return self.run(e + ".second", F.leaky_relu(hidden, 0.2)).chunk(2, 1)

    def decode(self, deviations, rows, columns):
        factor, h = 1 << (len(self.widths) - 1), None
        for k, e in enumerate(deviations):
            h, mean, log = self.prepare(k, h, e.shape[0], rows // factor, columns // factor)
            h = self.finish(k, h, mean + torch.exp(log) * e)
        return self.output(h)

    def evidence(self, x, noise):
        f, h, divergences, deviations = self.encode_features(x), None, [], []
        for k in range(len(self.widths)):
            h, mean, log = self.prepare(k, h, x.shape[0], f[0].shape[-2], f[0].shape[-1])
            q, t = self.posterior(k, h, f[k])
            t = t.clamp(-6, 1)
            divergences.append((0.5 * (torch.exp(2 * t) + q * q - 1) - t).sum() / x.numel())
            h = self.finish(k, h, mean + torch.exp(log) * (q + torch.exp(t) * noise[k]))
        return (self.output(h) - x).abs().mean(), divergences

    def infer(self, x):
        f, h, deviations = self.encode_features(x), None, []
        for k in range(len(self.widths)):
            h, mean, log = self.prepare(k, h, x.shape[0], f[0].shape[-2], f[0].shape[-1])
            q, _ = self.posterior(k, h, f[k])
            deviations.append(q)
            h = self.finish(k, h, mean + torch.exp(log) * q)
        return deviations


def network():
    net = Ladder([16, 12, 16], [3, 2, 1], [8, 16, 12])
    rows, columns = 8, 12
    shape = lambda k: (2, net.latents[k], rows >> (2 - k), columns >> (2 - k))
    deviations = [wave(shape(k), 50 + k).requires_grad_() for k in range(3)]
    image = net.decode(deviations, rows, columns)
    image.backward(wave(image.shape, 60))
    decode = dict(image=listed(image), gradients=[listed(e.grad) for e in deviations])
    for p in net.p.values():
        p.grad = None
    x = 0.5 + 0.5 * wave((2, 1, rows, columns), 61)
    noise = [wave(shape(k), 70 + k) for k in range(3)]
    error, divergences = net.evidence(x, noise)
    (error / 0.5 + 0.7 * sum(divergences)).backward()
    return dict(
        decode=decode, encode=[listed(e) for e in net.infer(x)], absoluteError=error.item(),
        divergences=[d.item() for d in divergences],
        gradientNorms={n: net.p[n].grad.norm().item() for n in net.names},
        gradientSums={n: net.p[n].grad.sum().item() for n in net.names})


target = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "pytorch.json"
target.write_text(json.dumps(dict(torch=torch.__version__, layers=layers(), network=network())))
print(target, target.stat().st_size, "bytes")
