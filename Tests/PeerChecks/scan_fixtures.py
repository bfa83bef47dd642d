#!/usr/bin/env python3
"""Writes one marked phantom in each scan layout, with the layout's own software where there is some.

    scan_fixtures.py Tests/Fixtures/scans

Needs numpy, h5py and ismrmrd (the reference writer of ISMRMRD). The arrays of BART are written as
`bart/python/cfl.py` does and, if `bart` can be run, compared with what it reads.

The phantom is a disc with three marks that differ in size, so that no flip and no exchange of axes
goes unseen: a square to the patient's left, a small one to the front and a stripe towards the feet
side of the first slices. `phantom.json` says where they are. Every file holds the same images, but
for ISMRMRD's, whose readout is twice oversampled, whose lines are shuffled, and which begins with
a noise scan.
"""
import json
import pathlib
import shutil
import subprocess
import sys

import h5py
import ismrmrd
import numpy as np

COILS, ROWS, COLUMNS, SLICES = 3, 24, 20, 2


def fft(x, axes):
    x = np.fft.ifftshift(x, axes)
    return np.fft.fftshift(np.fft.fftn(x, axes=axes, norm="ortho"), axes)


def phantom():
    """Images (slice, coil, row, column) and what is where, by row and column."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    disc = ((y - ROWS / 2) / 10.5) ** 2 + ((x - COLUMNS / 2) / 8.5) ** 2 < 1
    images = np.zeros((SLICES, COILS, ROWS, COLUMNS), complex)
    marks = {"large": (4, 9, 3, 7), "small": (16, 18, 12, 14)}
    for s in range(SLICES):
        image = disc * (1.0 + s)
        top, bottom, left, right = marks["large"]
        image[top:bottom, left:right] += 2
        top, bottom, left, right = marks["small"]
        image[top:bottom, left:right] += 3
        for c in range(COILS):
            angle = 2 * np.pi * c / COILS
            weight = np.exp(-((y - 12 - 14 * np.cos(angle)) ** 2 + (x - 10 - 12 * np.sin(angle)) ** 2) / 400)
            images[s, c] = image * weight * np.exp(1j * (angle + 0.05 * x - 0.03 * y))
    return images, marks


def raw_header(encoded, reconstructed, vendor=None, slices=1, centre=COLUMNS // 2, lines=COLUMNS):
    x = ismrmrd.xsd

    def space(matrix, extent):
        size = dict(zip("xyz", matrix))
        return x.encodingSpaceType(
            matrixSize=x.matrixSizeType(**size),
            fieldOfView_mm=x.fieldOfViewMm(**dict(zip("xyz", extent))))

    limits = x.encodingLimitsType(
        kspace_encoding_step_1=x.limitType(minimum=0, maximum=lines - 1, center=centre),
        kspace_encoding_step_2=x.limitType(
            minimum=0, maximum=encoded[0][2] - 1, center=encoded[0][2] // 2),
        slice=x.limitType(minimum=0, maximum=slices - 1, center=0))
    header = x.ismrmrdHeader(
        experimentalConditions=x.experimentalConditionsType(H1resonanceFrequency_Hz=123200000),
        acquisitionSystemInformation=x.acquisitionSystemInformationType(
            systemVendor=vendor, receiverChannels=COILS),
        encoding=[x.encodingType(
            encodedSpace=space(*encoded), reconSpace=space(*reconstructed), encodingLimits=limits,
            trajectory=x.trajectoryType.CARTESIAN)])
    return header.toXML()


def new_file(path):
    path.unlink(missing_ok=True)
    return ismrmrd.Dataset(str(path), "dataset", create_if_needed=True)


def readout(data, line, *, flags=(), slice=0, centre=None, position=(0, 0, 0), partition=0, **counters):
    """One acquisition of `data` (coils, samples)."""
    acquisition = ismrmrd.Acquisition.from_array(np.ascontiguousarray(data, np.complex64))
    for flag in flags:
        acquisition.set_flag(flag)
    acquisition.center_sample = data.shape[1] // 2 if centre is None else centre
    acquisition.sample_time_us = 5
    acquisition.idx.kspace_encode_step_1 = line
    acquisition.idx.kspace_encode_step_2 = partition
    acquisition.idx.slice = slice
    for name, value in counters.items():
        setattr(acquisition.idx, name, value)
    # Rows grow to the back, columns to the left, slices to the head: a common axial slice.
    acquisition.position[:] = position
    acquisition.read_dir[:] = (0, 1, 0)
    acquisition.phase_dir[:] = (1, 0, 0)
    acquisition.slice_dir[:] = (0, 0, 1)
    return acquisition


def write_raw(path, images, rng):
    """Noise scan, twofold readout oversampling, two averages, shuffled lines, slices interleaved."""
    wide = np.zeros((SLICES, COILS, 2 * ROWS, COLUMNS), complex)
    wide[:, :, ROWS // 2:ROWS // 2 + ROWS] = images
    # Twice as many samples of half the spacing: the image keeps its values.
    kspace = fft(wide, (2, 3))
    dataset = new_file(path)
    dataset.write_xml_header(raw_header(
        ((2 * ROWS, COLUMNS, 1), (2 * ROWS * 2.0, COLUMNS * 3.0, 5.0)),
        ((ROWS, COLUMNS, 1), (ROWS * 2.0, COLUMNS * 3.0, 5.0)), slices=SLICES))
    mixing = np.array([[1, 0.4, 0], [0, 1, 0.3j], [0, 0, 2]])
    for _ in range(2):
        noise = rng.standard_normal((2, COILS, 2 * ROWS)) @ np.eye(2 * ROWS)
        samples = mixing @ (noise[0] + 1j * noise[1])
        acquisition = readout(samples, 0, flags=[ismrmrd.ACQ_IS_NOISE_MEASUREMENT])
        acquisition.sample_time_us = 10
        dataset.append_acquisition(acquisition)
    dataset.append_acquisition(readout(
        rng.standard_normal((COILS, 2 * ROWS)), 3, flags=[ismrmrd.ACQ_IS_NAVIGATION_DATA]))
    order = [(s, line, average) for s in range(SLICES) for line in range(COLUMNS) for average in range(2)]
    for index in rng.permutation(len(order)):
        s, line, average = order[index]
        # The averages differ by what their mean does not have.
        data = kspace[s, :, :, line] * (1.25 if average == 0 else 0.75)
        # The second slice in the file lies below the first one.
        dataset.append_acquisition(readout(
            data, line, slice=SLICES - 1 - s, average=average, position=(3.0, -7.0, 20.0 + 6.0 * s)))
    dataset.close()


def write_odd_raw(path, images):
    """Partial Fourier, an asymmetric echo, reversed lines, discarded samples, two contrasts, Siemens."""
    kspace = np.conj(fft(images, (2, 3)))
    dataset = new_file(path)
    first = 4  # lines before are not acquired
    cut = 3  # nor are samples before
    extent = (ROWS * 2.0, COLUMNS * 3.0, 5.0)
    dataset.write_xml_header(raw_header(
        ((ROWS, COLUMNS, 1), extent), ((ROWS, COLUMNS, 1), extent), vendor="SIEMENS",
        centre=COLUMNS // 2 - first, lines=COLUMNS - first))
    for contrast in range(2):
        for line in range(COLUMNS - first):
            data = kspace[contrast, :, cut:, line + first]
            data = np.concatenate([np.full((COILS, 1), 9), data, np.full((COILS, 2), 7)], 1)
            centre, pre, post = ROWS // 2 - cut + 1, 1, 2
            flags = []
            if contrast == 1:
                data, flags = data[:, ::-1], [ismrmrd.ACQ_IS_REVERSE]
                centre, pre, post = data.shape[1] - 1 - centre, post, pre
            acquisition = readout(
                data, line, flags=flags, contrast=contrast, centre=centre, position=(1, 2, 3))
            acquisition.discard_pre = pre
            acquisition.discard_post = post
            dataset.append_acquisition(acquisition)
    dataset.close()


def write_raw_3d(path, images):
    """The slices as partitions of a slab."""
    kspace = fft(images, (0, 2, 3))
    dataset = new_file(path)
    extent = (ROWS * 2.0, COLUMNS * 3.0, SLICES * 6.0)
    dataset.write_xml_header(raw_header(
        ((ROWS, COLUMNS, SLICES), extent), ((ROWS, COLUMNS, SLICES), extent)))
    for partition in range(SLICES):
        for line in range(COLUMNS):
            dataset.append_acquisition(readout(
                kspace[partition, :, :, line], line, partition=partition, position=(3.0, -7.0, 26.0)))
    dataset.close()


# As M4Raw's headers are, by what PTB-MR/mrpro's `src/mrpro/phantoms/m4raw.py` reads of them: ISMRMRD's
# namespace, but numbers with units, "N/A" and elements that the schema does not know.
M4RAW_HEADER = """<?xml version="1.0" encoding="utf-8"?>
<ns0:ismrmrdHeader xmlns:ns0="http://www.ismrm.org/ISMRMRD">
<ns0:measurementInformation><ns0:measurementID>N/A</ns0:measurementID>\
<ns0:protocolName>T1</ns0:protocolName></ns0:measurementInformation>
<ns0:acquisitionSystemInformation><ns0:systemVendor>N/A</ns0:systemVendor>\
<ns0:systemModel>N/A</ns0:systemModel>\
<ns0:systemFieldStrength_T>0.3T</ns0:systemFieldStrength_T></ns0:acquisitionSystemInformation>
<ns0:experimentalConditions><ns0:H1resonanceFrequency_Hz>N/A</ns0:H1resonanceFrequency_Hz>\
</ns0:experimentalConditions>
<ns0:encoding><ns0:encodedSpace><ns0:matrixSize><ns0:x>{rows}</ns0:x><ns0:y>{columns}</ns0:y>\
<ns0:z>1</ns0:z></ns0:matrixSize><ns0:fieldOfView_mm><ns0:x>240mm</ns0:x><ns0:y>240mm</ns0:y>\
<ns0:z>5mm</ns0:z></ns0:fieldOfView_mm></ns0:encodedSpace></ns0:encoding>
<ns0:sequenceParameters><ns0:TR>500.0</ns0:TR><ns0:TE>18.4ms</ns0:TE><ns0:TI>N/A</ns0:TI>\
<ns0:flipAngle_deg>90</ns0:flipAngle_deg><ns0:sequence_type>SE</ns0:sequence_type>\
<ns0:echo_spacing>12.3ms</ns0:echo_spacing><ns0:echo_train_length>1</ns0:echo_train_length>\
</ns0:sequenceParameters></ns0:ismrmrdHeader>
"""


def write_m4raw(path, images, factor, acquired):
    """A repetition, `factor` times the images; only the columns `acquired` are measured."""
    kspace = factor * fft(images, (2, 3))
    kspace[..., :acquired[0]] = 0
    kspace[..., acquired[1]:] = 0
    axes = (2, 3)
    seen = np.fft.fftshift(np.fft.ifftn(np.fft.ifftshift(kspace, axes), axes=axes, norm="ortho"), axes)
    with h5py.File(path, "w") as file:
        file["kspace"] = kspace.astype(np.complex64)
        file["reconstruction_rss"] = np.sqrt((abs(seen) ** 2).sum(1)).astype(np.float32)
        file["ismrmrd_header"] = M4RAW_HEADER.format(rows=images.shape[2], columns=images.shape[3])


def write_cfl(stem, array):
    """As `writecfl` of BART's `python/cfl.py` does."""
    with open(f"{stem}.hdr", "w") as file:
        file.write("# Dimensions\n" + " ".join(map(str, array.shape)) + "\n")
    array.T.astype(np.complex64).tofile(f"{stem}.cfl")


def write_ra(path, array):
    """The header of `ra_hdr` in BART's `src/misc/io.c`."""
    with open(path, "wb") as file:
        file.write(b"rawarray")
        np.array([0, 4, 8, array.size * 8, array.ndim, *array.shape], "<u8").tofile(file)
        array.T.astype("<c8").tofile(file)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    images, marks = phantom()
    kspace = fft(images, (2, 3))

    (folder / "phantom.json").write_text(json.dumps({
        "coils": COILS, "rows": ROWS, "columns": COLUMNS, "slices": SLICES, "marks": marks,
        "rss": np.round(np.sqrt((abs(images) ** 2).sum(1)), 6).ravel().tolist()}))

    with h5py.File(folder / "fastmri.h5", "w") as file:
        file["kspace"] = kspace.astype(np.complex64)

    # Their mean is the phantom, but for the columns that are missing.
    for number, factor in [(1, 1.25), (2, 0.5), (3, 1.25)]:
        write_m4raw(folder / f"m4raw_T10{number}.h5", images, factor, (2, 18))

    write_raw(folder / "raw.h5", images, rng)
    write_odd_raw(folder / "raw-odd.h5", images)
    write_raw_3d(folder / "raw-3d.h5", images)

    # BART: READ, PHS1, PHS2, COIL, ... SLICE is dimension 13.
    order = np.moveaxis(kspace, (2, 3, 1, 0), (0, 1, 2, 3))
    write_cfl(folder / "slices", order.reshape(ROWS, COLUMNS, 1, COILS, *[1] * 9, SLICES))
    write_cfl(folder / "flat", order[..., 0].reshape(1, ROWS, COLUMNS, COILS))
    volume = np.moveaxis(fft(images, (0, 2, 3)), (2, 3, 0, 1), (0, 1, 2, 3))
    write_ra(folder / "volume.ra", volume)
    if shutil.which("bart"):
        for name in ["slices", "flat", "volume.ra"]:
            run = subprocess.run(["bart", "show", "-m", str(folder / name)], capture_output=True, text=True)
            print(run.stdout)
            run.check_returncode()

    # Calgary-Campinas: `numpy.fft.ifft2` without any shift gives the image; parts alternate.
    plain = np.fft.fft2(images)
    parts = np.moveaxis(plain, 1, 3)
    parts = np.stack([parts.real, parts.imag], -1).reshape(SLICES, ROWS, COLUMNS, 2 * COILS)
    with h5py.File(folder / "calgary-campinas.h5", "w") as file:
        file["kspace"] = parts.astype(np.float32)

    # CMRxRecon: MATLAB's (kx, ky, coil, slice, frame) is the reverse in HDF5.
    with h5py.File(folder / "cmrxrecon.mat", "w", userblock_size=512) as file:
        frames = np.stack([np.zeros_like(kspace) + 1, kspace])
        turned = np.swapaxes(frames, 3, 4)
        values = np.empty(turned.shape, [("real", "<f4"), ("imag", "<f4")])
        values["real"], values["imag"] = turned.real, turned.imag
        file["kspace_full"] = values
    with open(folder / "cmrxrecon.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")

    # Two that keep their values in another file, which is not to be followed.
    with h5py.File(folder / "external-link.h5", "w") as file:
        file["kspace"] = h5py.ExternalLink("other.h5", "/kspace")
    with h5py.File(folder / "external-values.h5", "w") as file:
        file.create_dataset(
            "kspace", kspace.shape, np.complex64, external=[("other.bin", 0, kspace.size * 8)])

    # SKM-TEA: (x, ky, kz, echo, coil), the readout already transformed.
    with h5py.File(folder / "skm-tea.h5", "w") as file:
        echoes = np.stack([kspace, 2 * kspace])
        file["kspace"] = np.moveaxis(echoes, (1, 3, 4, 0, 2), (0, 1, 2, 3, 4)).astype(np.complex64)
        file["target"] = np.zeros((SLICES, ROWS, COLUMNS, 2, 1), np.complex64)


if __name__ == "__main__":
    main()
