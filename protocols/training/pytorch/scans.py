"""Simulated undersampled scans of magnitude images, many at once, for training on a GPU.

The same steps as `Sources/Training/Undersampling.swift`: random coils and phase, noise, a mask of
columns; then, from the sampled columns alone, coil maps (ESPIRiT), scale, smooth phase and a first image
by shifted Haar wavelets. All scans of a batch share their acceleration, calibration lines and number of
coils. Images are [batch, rows, columns] complex, measurements [batch, coils, rows, columns] in hybrid
space: space along rows, k-space along columns.

Rows and columns must be multiples of 4 with an even half, so that a centred Fourier transform is one
between signs that alternate.
"""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F

PATTERNS = ("random", "equispaced_fraction", "magic_fraction")


def customary_centre(acceleration):
    """fastMRI's centre fraction: 0.08 at 4x, 0.04 at 8x."""
    return min(0.32, 0.32 / acceleration)


def mask(pattern, columns, acceleration, lines, random):
    """fastMRI's columns of k-space, with `lines` calibration lines; `random`: a numpy Generator."""
    sampled = np.zeros(columns, bool)
    if pattern == "random":
        sampled = random.random(columns) < max(0, (columns / acceleration - lines) / (columns - lines))
    elif pattern == "equispaced_fraction":
        step = acceleration * (lines - columns) / (lines * acceleration - columns)
        where = np.arange(random.integers(max(1, round(step))), columns - 1, step)
        sampled[np.round(where).astype(int)] = True
    else:
        step = max(1, round(columns / max(1, round(columns / acceleration) - lines)))
        offset = random.integers(step)
        ahead, behind = (offset + 1, offset + 2) if offset % 2 == 0 else (offset + 2, offset - 1)
        upper = (columns + 1) // 2
        sampled[columns - upper + np.arange(ahead, upper, step)] = True
        sampled[columns - upper - 1 - np.arange(max(0, behind), columns - upper, step)] = True
    start = (columns - lines + 1) // 2
    sampled[start : start + lines] = True
    return sampled


def alternating(n, device):
    return 1.0 - 2.0 * (torch.arange(n, device=device) % 2)


def loops(batch, coils, random, device):
    """Circular receiver loops about the head, as `Sources/Phantoms/ReceiverLoops.swift` places them:
    corners [batch, coils, 25, 3] in millimetres, and complex gains [batch, coils]."""

    def normal(*shape):
        return torch.randn(*shape, generator=random, device=device)

    number = torch.arange(coils, device=device)
    radius = max(40, min(75, 540 / coils))
    angle = 2 * math.pi * (number + 0.5 + 0.12 * normal(batch, coils)) / coils
    outwards = torch.stack([angle.sin(), angle.cos(), torch.zeros_like(angle)], -1)
    height = 20.0 + torch.where(number % 2 == 0, 24.0, -24.0)
    centre = torch.stack([
        125 * outwards[..., 0], 143 * outwards[..., 1], height.expand(batch, coils)], -1)
    along = torch.stack([-outwards[..., 1], outwards[..., 0], torch.zeros_like(angle)], -1)
    turn = 2 * math.pi * torch.arange(25, device=device) / 24
    up = torch.tensor([0.0, 0.0, 1.0], device=device)
    corners = centre[:, :, None] + radius * (
        turn.cos()[:, None] * along[:, :, None] + turn.sin()[:, None] * up
    )
    turns = 2 * math.pi * torch.rand(batch, coils, generator=random, device=device)
    return corners, torch.polar(1 + 0.12 * normal(batch, coils), turns)


def loop_fields(corners, gains, places):
    """Complex sensitivities [batch, coils, places] at `places` [batch, places, 3] (Hanson and Hirshman,
    Phys. Plasmas 9:4410, 2002; softened by 4 mm² in the wire)."""
    arms = places[:, None, None] - corners[:, :, :, None]
    lengths = arms.norm(dim=-1)
    (a, b), (p, q) = (arms[:, :, :-1], arms[:, :, 1:]), (lengths[:, :, :-1], lengths[:, :, 1:])
    factor = (p + q) / (p * q * (p * q + (a * b).sum(-1)) + 16)
    field = (torch.linalg.cross(a, b) * factor[..., None]).sum(2)
    return torch.complex(field[..., 0], -field[..., 1]) * gains[..., None]


@functools.cache
def enlarging(size, step, device):
    """Catmull–Rom interpolation as a matrix [size, nodes], from nodes at 0, step, …, size."""
    nodes = size // step + 1
    matrix = torch.zeros(size, nodes)
    for pixel in range(size):
        t = pixel % step / step
        weights = (
            (-t + 2 * t**2 - t**3) / 2, (2 - 5 * t**2 + 3 * t**3) / 2,
            (t + 4 * t**2 - 3 * t**3) / 2, (t**3 - t**2) / 2,
        )
        for k, weight in enumerate(weights):
            matrix[pixel, min(max(pixel // step + k - 1, 0), nodes - 1)] += weight
    return matrix.to(device)


def enlarged(nodes, rows, columns):
    """Values at all pixels, from those at every n-th; the last node lies behind the image."""
    down, right = (
        enlarging(size, size // (count - 1), nodes.device).to(nodes.dtype)
        for size, count in ((rows, nodes.shape[-2]), (columns, nodes.shape[-1]))
    )
    return down @ nodes @ right.T


def normalised(maps):
    """Coil maps whose root sum of squares is 1."""
    return maps / maps.abs().square().sum(1, keepdim=True).sqrt().clamp_min(1e-6)


def scanner(batch, coils, rows, columns, random, device):
    """Coil sensitivities [batch, coils, rows, columns] and the image's phase [batch, rows, columns]."""

    def uniform(*shape):
        return torch.rand(*shape, generator=random, device=device)

    reach = math.hypot(columns / 2 / 125, rows / 2 / 143)
    spacing = (1 + 0.3 * uniform(batch)) / reach
    height = 20 + 60 * (uniform(batch) - 0.5)

    def places(step):
        x = torch.arange(0, columns + 1, step, device=device) - columns // 2
        y = rows // 2 - torch.arange(0, rows + 1, step, device=device)
        grid = torch.stack(
            [x.expand(len(y), -1), y[:, None].expand(-1, len(x)), torch.zeros(len(y), len(x), device=device)], -1
        )
        grid = grid[None] * spacing.reshape(-1, 1, 1, 1)
        grid[..., 2] = height.reshape(-1, 1, 1)
        return grid

    coarse = places(8)
    fields = loop_fields(*loops(batch, coils, random, device), coarse.flatten(1, 2))
    fields = enlarged(fields.unflatten(-1, coarse.shape[1:3]), rows, columns)

    def waves(wavelength):
        direction = torch.randn(batch, 16, 3, generator=random, device=device)
        frequency = (1 + 0.4 * (2 * uniform(batch, 16) - 1)) / wavelength
        k = direction / direction.norm(dim=-1, keepdim=True).clamp_min(1e-3) * frequency[..., None]
        cycles = torch.einsum("nyxi,nwi->nwyx", coarse, k) + uniform(batch, 16, 1, 1)
        return math.sqrt(2 / 16) * (2 * math.pi * cycles).cos().sum(1)

    def each(values):
        return values.reshape(-1, 1, 1)

    slope = 0.008 * torch.randn(2, batch, generator=random, device=device)
    phase = (
        each(1.5 * uniform(batch)) * waves(220) + each(0.3 * uniform(batch)) * waves(80)
        + each(slope[0]) * coarse[..., 0] + each(slope[1]) * coarse[..., 1]
        + each(2 * math.pi * uniform(batch))
    )
    return normalised(fields), enlarged(phase, rows, columns)


def signal_projection(samples, kernel):
    """The projection onto the span of the patches of calibration data [batch, coils, rows, columns], as
    [batch, coils, *kernel, coils, *kernel].

    Singular values above √0.001 of the largest count: sign(PPᴴ − τ) by the iteration X ← (3X − X³)/2.
    """
    patches = samples.unfold(2, kernel[0], 1).unfold(3, kernel[1], 1)
    patches = patches.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(1, 3)
    gram = patches @ patches.mH
    v = gram.sum(-1, keepdim=True)
    for _ in range(12):
        v = gram @ (v / v.norm(dim=1, keepdim=True).clamp_min(1e-30))
    largest = v.norm(dim=1, keepdim=True).clamp_min(1e-30)
    unit = torch.eye(gram.shape[-1], device=gram.device)
    x = gram / largest - 0.001 * unit
    for _ in range(20):
        x = 1.5 * x - 0.5 * (x @ x) @ x
    coils = samples.shape[1]
    shape = (coils, *kernel)
    return (0.5 * (x + unit)).reshape(-1, *shape, *shape)


def espirit(samples, rows, columns):
    """Coil maps [batch, coils, rows, columns] from centred calibration data [batch, coils, r, lines]
    (Uecker et al., MRM 71:990, 2014), with the settings of `Sources/Acquisition/ESPIRiT.swift`."""
    batch, coils, _, lines = samples.shape
    kernel = (6, min(6, (lines + 2) // 3))
    projection = signal_projection(samples, kernel)
    shifts = [2 * k - 1 for k in kernel]
    means = torch.zeros(batch, coils, coils, *shifts, dtype=samples.dtype, device=samples.device)
    for r in range(kernel[0]):
        for c in range(kernel[1]):
            # Shift Δ = u − v of the taps u = (r, c) and v.
            block = projection[:, :, r, c].flip(-2, -1)
            means[..., r : r + kernel[0], c : c + kernel[1]] += block
    means = means / (kernel[0] * kernel[1])

    def waves(size, shifts):
        positions = torch.arange(0, size + 1, 4, device=samples.device) - size // 2
        delta = torch.arange(shifts, device=samples.device) - shifts // 2
        angle = 2 * math.pi / size * positions[:, None] * delta
        return torch.polar(torch.ones_like(angle), angle)

    nodes = torch.einsum(
        "ncdpq,yp,xq->nyxcd", means, waves(rows, shifts[0]), waves(columns, shifts[1])
    )
    flat = samples.flatten(2)
    covariance = flat @ flat.mH
    reference = covariance.sum(-1, keepdim=True)
    for _ in range(12):
        reference = covariance @ (reference / reference.norm(dim=1, keepdim=True).clamp_min(1e-30))
    reference = reference.mT[:, None, None]
    v = reference.expand(*nodes.shape[:3], 1, coils)
    for _ in range(30):
        # Products and sums, as libraries are slow at a million small matrices.
        v = (nodes * (v / v.norm(dim=-1, keepdim=True).clamp_min(1e-30))).sum(-1)[..., None, :]
    turn = (reference.conj() * v).sum(-1, keepdim=True)
    v = v * (turn.conj() / turn.abs().clamp_min(1e-30))
    return normalised(enlarged(v[..., 0, :].movedim(-1, 1), rows, columns))


HADAMARD = 0.5 * torch.tensor(
    [[1.0, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]
)
"""The 2 × 2 Haar step on pixels (0,0), (0,1), (1,0), (1,1); its own inverse."""


def haar_step(x):
    batch, channels, rows, columns = x.shape
    blocks = F.pixel_unshuffle(x, 2).reshape(batch, channels, 4, rows // 2, columns // 2)
    return torch.einsum("kj,ncjyx->nckyx", HADAMARD.to(x), blocks)


def haar_back(bands):
    blocks = torch.einsum("kj,ncjyx->nckyx", HADAMARD.to(bands), bands)
    return F.pixel_shuffle(blocks.flatten(1, 2), 2)


def shrunk(x, drawn, to_zero, to_centre, shift, levels=4):
    """The proximal map of Σ to_zero |Wx| + to_centre |W(x − drawn)| on [batch, channels, rows, columns]
    under a circular shift; the thresholds are [batch], `drawn` may be None.

    Like `ResidualShrinkage.swift`, for sides that 2^levels divides; the coarsest band is shrunk too.
    """

    def change(w, g):
        zero, centre = (t.reshape(-1, *[1] * (w.ndim - 1)) for t in (to_zero, to_centre))
        both = zero + centre
        if g is None:
            return w - torch.maximum(torch.minimum(w, both), -both)
        # The map of a|w| + b|w − g|: soft thresholding towards g of what lies beyond a's pull.
        sign = torch.where(g >= 0, 1.0, -1.0)
        w, g = w * sign, g * sign
        above = w - both
        between = w - zero + centre
        below = w + both
        middle = torch.clamp(between, min=torch.zeros_like(g), max=g)
        return sign * torch.where(above > g, above, torch.where(below < 0, below, middle))

    x = x.roll(shift, (-2, -1))
    g = None if drawn is None else drawn.roll(shift, (-2, -1))
    details = []
    for _ in range(levels):
        bands = haar_step(x)
        coarse = None if g is None else haar_step(g)
        details.append(change(bands[:, :, 1:], None if g is None else coarse[:, :, 1:]))
        x, g = bands[:, :, 0], None if g is None else coarse[:, :, 0]
    x = change(x, g)
    for bands in reversed(details):
        x = haar_back(torch.cat([x[:, :, None], bands], 2))
    return x.roll((-shift[0], -shift[1]), (-2, -1))


def channels(image):
    """[batch, rows, columns] complex as [batch, 2, rows, columns]."""
    return torch.view_as_real(image).movedim(-1, 1)


def image(channels):
    return torch.complex(channels[:, 0].float(), channels[:, 1].float())


def quantile(values, share):
    """Of [batch, ...], over all but the batch: [batch, 1, 1]."""
    flat = values.flatten(1)
    return flat.kthvalue(max(1, round(share * flat.shape[1])), 1).values.reshape(-1, 1, 1)


def phasor(image, width=0.1):
    """The smooth phase of `image`: behind a Gaussian low-pass of `width` of k-space."""
    rows, columns = image.shape[-2:]

    def window(n):
        distance = torch.fft.fftfreq(n, device=image.device) / width
        return torch.exp(-distance.square())

    smooth = torch.fft.ifft2(torch.fft.fft2(image) * (window(rows)[:, None] * window(columns)))
    return torch.where(smooth.abs() > 0, smooth / smooth.abs().clamp_min(1e-30), 1)


class Scans:
    """A batch of undersampled scans on their way through the passes of a reconstruction.

    image: the present complex image; whole: the fully sampled one, as the maps see it; both in units of
    the scan (the zero-filled image's 99th percentile is 1). scale: generator's units to those.
    """

    def __init__(
        self, views, coils, acceleration, centre, snr, random, draws, patterns=PATTERNS, jumps=0.4,
        weight=(1.5e-3, 1.2e-2), iterations=(16, 28),
    ):
        """views: magnitudes [batch, rows, columns]; centre: of the columns; snr: [batch];
        random: torch Generator on the device; draws: numpy Generator."""
        batch, rows, columns = views.shape
        device = views.device
        self.random, self.draws = random, draws
        truth, phase = scanner(batch, coils, rows, columns, random, device)
        value = lambda: torch.rand(batch, 1, 1, generator=random, device=device)
        y = torch.linspace(-1, 1 - 2 / rows, rows, device=device)[:, None]
        x = torch.linspace(-1, 1 - 2 / columns, columns, device=device)
        fat = (
            (value() < jumps) & (views > 0.5 + 0.6 * value())
            & ((x.square() + y.square()).sqrt() > 0.55 + 0.35 * value())
        )
        phase = phase + fat * (1.5 + 2 * value())
        whole = torch.polar(views, phase)
        lines = max(5, round(columns * max(4.6 / columns, centre)))
        self.sign = alternating(columns, device)
        y = torch.fft.fft(truth * whole[:, None] * self.sign, norm="ortho")
        inside = views > views.amax((1, 2), keepdim=True) / 10
        mean = (views * inside).sum((1, 2)) / inside.sum((1, 2)).clamp_min(1)
        deviation = (mean / snr).reshape(-1, 1, 1, 1)
        noise = torch.randn(*y.shape, 2, generator=random, device=device)
        y = y + deviation * torch.view_as_complex(noise)
        drawn = np.stack([
            mask(patterns[draws.integers(len(patterns))], columns, acceleration, lines, draws)
            for _ in range(batch)
        ])
        self.mask = torch.from_numpy(drawn).to(device)[:, None, None].float()
        y = y * self.mask

        # From here on only what was sampled is looked at, but for the target.
        used = min(lines, 24)
        height = min(rows, -(-576 // used))
        first = columns // 2 - used // 2
        centred = y[..., first : first + used] * self.sign[first : first + used]
        kspace = torch.fft.fftshift(
            torch.fft.fft(torch.fft.ifftshift(centred, -2), dim=-2, norm="ortho"), -2
        )
        region = kspace[:, :, rows // 2 - height // 2 :][:, :, :height]
        region = region / region.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-30)
        self.maps = espirit(region, rows, columns)
        agree = (self.maps.conj() * truth).sum(1)
        whole = whole * torch.where(agree.abs() > 1e-6, agree / agree.abs().clamp_min(1e-30), 1)
        zero_filled = self.adjoint(y)
        unit = quantile(zero_filled.abs(), 0.99).clamp_min(1e-6)
        self.whole, zero_filled = whole / unit, zero_filled / unit
        self.zero_filled = zero_filled

        # The phase of the calibration lines: a Hann window along rows, none along columns.
        half = min(lines // 2, (lines - 1) // 2)
        band = slice(columns // 2 - half, columns // 2 + half + 1)
        hann = torch.zeros(rows, device=device)
        distance = (torch.arange(rows, device=device) - rows // 2).abs() / (8.0 * (half + 1))
        hann = 0.5 * (1 + torch.cos(math.pi * distance.clamp(max=1)))
        low = torch.zeros_like(y)
        spectrum = torch.fft.fft(y[..., band], dim=-2) * torch.fft.ifftshift(hann)[:, None]
        low[..., band] = torch.fft.ifft(spectrum, dim=-2)
        smooth = self.adjoint(low)
        self.phase = torch.where(smooth.abs() > 0, smooth / smooth.abs().clamp_min(1e-30), 1)

        span = math.log(weight[1] / weight[0])
        self.weight = weight[0] * torch.exp(span * value()).flatten()
        first = self.solved(
            None, zero_filled * self.phase.conj(), int(draws.integers(*iterations)), 0.9,
            lambda k: max(1, 16 * 0.8**k),
        )
        self.keep(first)
        relative = self.image * self.phase.conj()
        self.scale = (quantile(relative.abs(), 0.998) / 1.2).clamp_min(1e-6)
        self.passes = 0

    def adjoint(self, y):
        """Σ conj(S) F⁻¹ y."""
        return (self.maps.conj() * torch.fft.ifft(y, norm="ortho")).sum(1) * self.sign

    def solved(self, drawn, start, iterations, momentum=None, continuation=lambda k: 1, share=0.3):
        """The image relative to the phase that the measurements and the wavelets of what it differs by
        from `drawn` (both complex, relative) allow: FISTA."""
        maps = self.maps * (self.phase * self.sign)[:, None]
        data = self.zero_filled * self.phase.conj()
        centre = None if drawn is None else channels(drawn)
        x = previous = point = start
        last = 1.0
        for k in range(iterations):
            k_space = torch.fft.fft(maps * point[:, None], norm="ortho") * self.mask
            slope = (maps.conj() * torch.fft.ifft(k_space, norm="ortho")).sum(1) - data
            previous = x
            threshold = self.weight * continuation(k)
            shift = tuple(int(n) for n in self.draws.integers(0, 16, 2))
            moved = shrunk(
                channels(point - slope), centre, threshold * (1 if drawn is None else share),
                threshold * (0 if drawn is None else 1 - share), shift,
            )
            x = image(moved)
            following = (1 + math.sqrt(1 + 4 * last * last)) / 2
            factor = momentum if momentum is not None else (last - 1) / following
            last = following
            point = x + factor * (x - previous)
        return x

    def keep(self, relative):
        """Takes an image relative to the phase as the present one, and the phase from it."""
        self.image = relative * self.phase
        self.phase = phasor(self.image)

    def pair(self):
        """What the network sees and what it should draw, [batch, 2, rows, columns]."""
        turn = self.phase.conj() / self.scale
        return channels(self.image * turn), channels(self.whole * turn)

    def advance(self, drawn, iterations=12):
        """The next pass: measurements against the network's image [batch, 2, rows, columns]."""
        self.keep(
            self.solved(image(drawn) * self.scale, self.image * self.phase.conj(), iterations)
        )
        self.passes += 1
