#!/usr/bin/env python3
"""Whether ISMRMRD's own software reads what mri-ilo writes as ISMRMRD.

    mrd_check.py PROGRAM FIXTURES

FIXTURES is Tests/Fixtures/scans. Every scan is converted by `mri-ilo convert --to ismrmrd`. The header must
be valid by the schema (xmllint, Debian: libxml2-utils and ismrmrd-schema) and be read by
`ismrmrd.xsd.CreateFromDocument`; the readouts, sorted by their own counters and the header's limits alone, must be
the k-space that `mri-ilo convert` writes as .cfl, to the last bit; converted back to fastMRI's layout and to .ra
they must be it again. Where the scan is fully sampled, ISMRMRD's C++ program `ismrmrd_recon_cartesian_2d`
(ismrmrd-tools) must make the root sum of squares of it. Then `recon --ismrmrd`: the images, read by
`ismrmrd.Dataset`, must be those of recon.h5, and the patient's data are there only when asked for.
Needs numpy, h5py, ismrmrd.
"""
import importlib.metadata
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import ismrmrd
import numpy as np

SCHEMA = "/usr/share/ismrmrd/schema/ismrmrd.xsd"


def run(*command, cwd=None):
    outcome = subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=cwd)
    assert outcome.returncode == 0, (command, outcome.stdout, outcome.stderr)
    return outcome.stdout


def centred(x, axes, transform):
    return np.fft.fftshift(transform(np.fft.ifftshift(x, axes), axes=axes, norm="ortho"), axes)


def read_cfl(stem):
    sizes = [int(w) for w in pathlib.Path(f"{stem}.hdr").read_text().splitlines()[1].split()]
    array = np.fromfile(f"{stem}.cfl", "<c8").reshape(sizes, order="F")
    # (slice, coil, row, column)
    return np.moveaxis(array.reshape(sizes[0], sizes[1], sizes[3], sizes[13]), (3, 2), (0, 1))


def read_ra(path):
    head = np.fromfile(path, "<u8", 6)
    assert head[0] == int.from_bytes(b"rawarray", "little") and list(head[1:4]) == [0, 4, 8]
    sizes = np.fromfile(path, "<u8", int(head[5]), offset=48).astype(int)
    array = np.fromfile(path, "<c8", offset=48 + 8 * len(sizes)).reshape(sizes, order="F")
    assert array.nbytes == head[4]
    return np.moveaxis(array.reshape(sizes[0], sizes[1], sizes[3], sizes[13]), (3, 2), (0, 1))


def read_mrd(path, work):
    """The k-space (slice, coil, row, column), by the readouts' own counters, and the header."""
    dataset = ismrmrd.Dataset(str(path), "dataset", mode="r")
    text = dataset.read_xml_header()
    (work / "header.xml").write_bytes(text)
    run("xmllint", "--noout", "--schema", SCHEMA, work / "header.xml")
    header = ismrmrd.xsd.CreateFromDocument(text)
    encoding = header.encoding[0]
    size = encoding.encodedSpace.matrixSize
    assert size.z == 1
    limits = encoding.encodingLimits
    slices = limits.slice.maximum + 1
    kspace = np.zeros((slices, header.acquisitionSystemInformation.receiverChannels, size.x, size.y), np.complex64)
    seen = set()
    for number in range(dataset.number_of_acquisitions()):
        item = dataset.read_acquisition(number)
        line = item.idx.kspace_encode_step_1
        assert 0 <= line <= limits.kspace_encoding_step_1.maximum
        assert (item.idx.slice, line) not in seen and item.active_channels == item.available_channels
        assert item.scan_counter == number and item.version == 1
        seen.add((item.idx.slice, line))
        column = line + size.y // 2 - limits.kspace_encoding_step_1.center
        first = size.x // 2 - item.center_sample
        kspace[item.idx.slice, :, first:first + item.number_of_samples, column] = item.data
        assert abs(item.data).max() > 0
    ends = [dataset.read_acquisition(n).is_flag_set(ismrmrd.ACQ_LAST_IN_MEASUREMENT)
            for n in range(dataset.number_of_acquisitions())]
    assert ends == [False] * (len(ends) - 1) + [True]
    dataset.close()
    return kspace, header


def crop(kspace, header):
    """Without the readout oversampling that the header states."""
    encoding = header.encoding[0]
    outer, inner = encoding.encodedSpace, encoding.reconSpace
    rows = kspace.shape[2]
    kept = rows
    if outer.fieldOfView_mm.x and inner.fieldOfView_mm.x:
        kept = round(rows * inner.fieldOfView_mm.x / outer.fieldOfView_mm.x)
    hybrid = centred(kspace, (2,), np.fft.ifftn)
    first = rows // 2 - kept // 2
    return centred(hybrid[:, :, first:first + kept], (2,), np.fft.fftn)


def by_cpp(path, work):
    """The images of ISMRMRD's own example program (slices, rows, columns); it averages over slices, so only
    of scans of one slice."""
    copy = work / "cpp.h5"
    shutil.copy(path, copy)
    run("ismrmrd_recon_cartesian_2d", copy, cwd=work)
    with h5py.File(copy) as file:
        group = file["dataset"]
        name = next(n for n in group if n not in ("xml", "data"))
        return np.array(group[name]["data"]).squeeze()


def check(program, path, name, options, work):
    mrd, cfl, ra, back = work / "a.mrd", work / "b.cfl", work / "c.ra", work / "d.h5"
    run(program, "convert", path, mrd, *options)
    run(program, "convert", path, cfl, *options)
    kspace, header = read_mrd(mrd, work)
    expected = read_cfl(work / "b")
    cropped = crop(kspace, header)
    exact = cropped.shape == kspace.shape
    scale = abs(expected).max()
    difference = abs((kspace if exact and kspace.shape == expected.shape else cropped) - expected).max() / scale
    # And the way back, by mri-ilo's reader.
    run(program, "convert", mrd, back)
    with h5py.File(back) as file:
        assert np.array_equal(file["kspace"][()], kspace), name
    run(program, "convert", mrd, ra)
    assert abs(read_ra(ra) - expected).max() <= 1e-6 * scale, name
    image = "–"
    if kspace.shape[0] == 1 and (abs(kspace).max((0, 1, 2)) > 0).all():
        made = by_cpp(mrd, work)
        coils = centred(cropped, (2, 3), np.fft.ifftn)
        truth = np.sqrt((abs(coils[0]) ** 2).sum(0)).T
        made = made / made.max() * truth.max()
        image = f"{abs(made - truth).max() / truth.max():.0e}"
    lines = header.encoding[0].encodingLimits.kspace_encoding_step_1
    print(f"| {name} | {' × '.join(map(str, kspace.shape))} | {lines.minimum}–{lines.maximum}, centre "
          f"{lines.center} | {difference:.0e} | {image} |")
    assert difference <= (0 if exact else 2e-6), (name, difference)


def check_images(program, path, work):
    out = work / "out"
    run(program, "recon", path, "--method", "zero-filled,sense", "--ismrmrd", "-o", out)
    with h5py.File(out / "recon.h5") as file:
        expected = [file["reconstruction"][()], file["reconstruction_sense"][()]]
    dataset = ismrmrd.Dataset(str(out / "recon-mrd.h5"), "dataset", mode="r")
    header = ismrmrd.xsd.CreateFromDocument(dataset.read_xml_header())
    assert header.subjectInformation is None
    for series, images in enumerate(expected):
        assert dataset.number_of_images(f"image_{series}") == len(images)
        for number, image in enumerate(images):
            item = dataset.read_image(f"image_{series}", number)
            assert np.array_equal(item.data[0, 0], image.T) and item.image_type == ismrmrd.IMTYPE_MAGNITUDE
            assert item.image_series_index == series + 1 and item.image_index == number + 1
            meta = ismrmrd.Meta.deserialize(item.attribute_string)
            assert meta["SeriesDescription"].startswith(["zero-filled", "sense"][series])
    dataset.close()
    run(program, "recon", path, "--method", "zero-filled", "--ismrmrd", "--patient-name", "Müller^Anna",
        "--patient-id", "X<1>", "-o", out)
    dataset = ismrmrd.Dataset(str(out / "recon-mrd.h5"), "dataset", mode="r")
    subject = ismrmrd.xsd.CreateFromDocument(dataset.read_xml_header()).subjectInformation
    assert (subject.patientName, subject.patientID) == ("Müller^Anna", "X<1>"), subject
    dataset.close()
    for name in ["record.json", "recon.h5"]:
        text = (out / name).read_bytes()
        assert "Müller".encode() not in text and b"X<1>" not in text, name
    print("\nrecon --ismrmrd: the images of recon.h5; the patient only where asked for, and never in the record")


def main():
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    print("| scan | slices × coils × rows × columns | lines | to .cfl's k-space | C++ program's image |")
    print("|---|---|---|---|---|")
    cases = [
        ("fastmri.h5", []), ("m4raw_T101.h5", []), ("raw.h5", []), ("raw-3d.h5", []),
        ("raw-odd.h5", []), ("raw-odd.h5", ["--frame", "1"]), ("slices.cfl", []), ("flat.cfl", []),
        ("volume.ra", []), ("calgary-campinas.h5", []), ("cmrxrecon.mat", ["--frame", "1"]),
        ("skm-tea.h5", []),
        ("m4raw_T101.h5", ["--average", str(folder / "m4raw_T102.h5"), str(folder / "m4raw_T103.h5")]),
    ]
    for name, options in cases:
        with tempfile.TemporaryDirectory() as work:
            label = name + ("" if not options else ", averaged" if "--average" in options else ", frame 1")
            check(program, folder / name, label, options, pathlib.Path(work))
    for path in sys.argv[3:]:
        with tempfile.TemporaryDirectory() as work:
            check(program, pathlib.Path(path), pathlib.Path(path).name, [], pathlib.Path(work))
    with tempfile.TemporaryDirectory() as work:
        check_images(program, folder / "raw.h5", pathlib.Path(work))
    version = subprocess.run(["dpkg-query", "-W", "ismrmrd-tools"], capture_output=True, text=True).stdout.split()
    print(f"ismrmrd (Python) {importlib.metadata.version('ismrmrd')}, "
          f"{' '.join(version)}, h5py {h5py.__version__}, numpy {np.__version__}; "
          f"{run(program, '--version').strip()}")


if __name__ == "__main__":
    main()
