"""The marked phantom of `orientation_check.py` through every reader and every writer of mri-ilo.

Where a scan's layout states how its slices lie (ISMRMRD), each voxel of what is written must lie where the phantom
was measured. The other layouts state no place; then what is written must have rows, columns and slices in the
phantom's order and must not claim a place. In both cases none of the seven mirror images may be nearly as like.
"""
import itertools
import pathlib
import shutil
import subprocess
import tempfile

import h5py
import ismrmrd
import nibabel
import numpy as np
import pydicom

import orientation_check as phantoms
from scan_fixtures import M4RAW_HEADER, write_cfl, write_ra

ORIENTATIONS = {
    "axial": "axial", "sagittal": "sagittal", "coronal": "coronal", "oblique": "twice oblique axial"}
ROWS, COLUMNS, SLICES, COILS = phantoms.ROWS, phantoms.COLUMNS, phantoms.SLICES, phantoms.COILS
STEP, MIDDLE = phantoms.STEP, phantoms.MIDDLE


# ---- What is read

def write_slab(path, directions):
    """ISMRMRD raw data of three dimensions: the slices are partitions."""
    header = phantoms.raw_header()
    for space in (header.encoding[0].encodedSpace, header.encoding[0].reconSpace):
        space.matrixSize.z, space.fieldOfView_mm.z = SLICES, SLICES * STEP
    header.encoding[0].encodingLimits.slice = None
    header.encoding[0].encodingLimits.kspace_encoding_step_2 = ismrmrd.xsd.limitType(
        minimum=0, maximum=SLICES - 1, center=SLICES // 2)
    kspace = phantoms.kspace_of(directions)
    axes = (0,)
    kspace = np.fft.fftshift(np.fft.fftn(np.fft.ifftshift(kspace, axes), axes=axes, norm="ortho"), axes)
    dataset = ismrmrd.Dataset(str(path), "dataset", create_if_needed=True)
    dataset.write_xml_header(header.toXML())
    for partition in range(SLICES):
        for line in range(COLUMNS):
            item = ismrmrd.Acquisition.from_array(
                np.ascontiguousarray(kspace[partition, :, :, line], np.complex64))
            item.center_sample = ROWS // 2
            item.idx.kspace_encode_step_1, item.idx.kspace_encode_step_2 = line, partition
            item.position[:] = MIDDLE
            item.read_dir[:], item.phase_dir[:], item.slice_dir[:] = directions
            dataset.append_acquisition(item)
    dataset.close()


def write_fastmri(path, directions):
    with h5py.File(path, "w") as file:
        file["kspace"] = phantoms.kspace_of(directions).astype(np.complex64)
        file["ismrmrd_header"] = phantoms.raw_header().toXML()


def write_m4raw(path, directions):
    kspace = phantoms.kspace_of(directions)
    kspace[..., :2] = kspace[..., COLUMNS - 2:] = 0
    with h5py.File(path, "w") as file:
        file["kspace"] = kspace.astype(np.complex64)
        file["ismrmrd_header"] = M4RAW_HEADER.format(rows=ROWS, columns=COLUMNS)


def bart_order(directions):
    kspace = np.moveaxis(phantoms.kspace_of(directions), (2, 3, 1, 0), (0, 1, 2, 3))
    return kspace.reshape(ROWS, COLUMNS, 1, COILS, *[1] * 9, SLICES)


def write_calgary(path, directions):
    parts = np.moveaxis(np.fft.fft2(phantoms.images_of(directions)), 1, 3)
    parts = np.stack([parts.real, parts.imag], -1).reshape(SLICES, ROWS, COLUMNS, 2 * COILS)
    with h5py.File(path, "w") as file:
        file["kspace"] = parts.astype(np.float32)


def write_cmrxrecon(path, directions):
    turned = np.swapaxes(phantoms.kspace_of(directions)[None], 3, 4)
    values = np.empty(turned.shape, [("real", "<f4"), ("imag", "<f4")])
    values["real"], values["imag"] = turned.real, turned.imag
    with h5py.File(path, "w") as file:
        file["kspace_full"] = values


def write_skmtea(path, directions):
    with h5py.File(path, "w") as file:
        kspace = np.moveaxis(phantoms.kspace_of(directions)[None], (1, 3, 4, 0, 2), (0, 1, 2, 3, 4))
        file["kspace"] = kspace.astype(np.complex64)
        file["target"] = np.zeros((SLICES, ROWS, COLUMNS, 1, 1), np.complex64)


# Name, file, how it is written, whether the layout states a place.
READERS = [
    ("ISMRMRD", "scan.h5", phantoms.write_raw, True),
    ("ISMRMRD, 3D", "scan.h5", write_slab, True),
    ("fastMRI", "scan.h5", write_fastmri, False),
    ("M4Raw", "scan.h5", write_m4raw, False),
    ("BART .cfl", "scan.cfl", lambda path, d: write_cfl(path.with_suffix(""), bart_order(d)), False),
    ("BART .ra", "scan.ra", lambda path, d: write_ra(path, bart_order(d)), False),
    ("Calgary-Campinas", "scan.h5", write_calgary, False),
    ("CMRxRecon", "scan.mat", write_cmrxrecon, False),
    ("SKM-TEA", "scan.h5", write_skmtea, False),
]


# ---- What is written: each gives places (slice, row, column, 3) or None, and values (slice, row, column)

def from_nifti(work):
    volume = nibabel.load(work / "out/recon.nii.gz")
    data = volume.get_fdata().transpose(2, 1, 0)
    if volume.header["sform_code"] == 0 and volume.header["qform_code"] == 0:
        return None, data
    s, r, c = np.meshgrid(*map(np.arange, data.shape), indexing="ij")
    index = np.stack([c, r, s], -1)
    return (index @ volume.affine[:3, :3].T + volume.affine[:3, 3]) * (-1, -1, 1), data


def from_dicom(work):
    places, values = [], []
    for path in sorted((work / "out/dicom-zero-filled").iterdir()):
        file = pydicom.dcmread(path)
        values.append(pydicom.pixels.apply_modality_lut(file.pixel_array, file))
        assert file.PatientName == "" and file.PatientID == "", path
        # DCMTK must read the same place.
        dump = subprocess.run(
            ["dcmdump", "+L", "+P", "0020,0032", "+P", "0020,0037", str(path)], capture_output=True, text=True).stdout
        if "ImagePositionPatient" not in file:
            assert "0020,0032" not in dump
            continue
        words = [[float(v) for v in line.split("[")[1].split("]")[0].split("\\")] for line in dump.splitlines()]
        assert words == [list(map(float, file.ImagePositionPatient)), list(map(float, file.ImageOrientationPatient))]
        r, c = np.mgrid[:file.Rows, :file.Columns]
        along, down = np.reshape(file.ImageOrientationPatient, (2, 3)).astype(float)
        places.append(np.array(file.ImagePositionPatient, float) + c[..., None] * along * float(file.PixelSpacing[1])
                      + r[..., None] * down * float(file.PixelSpacing[0]))
    return (np.array(places) if places else None), np.array(values)


def middle_out(rows, columns, item, height, width):
    """Places of an image whose middle element has `item`'s position; None without directions."""
    directions = [np.array(d, float) for d in (item.read_dir, item.phase_dir, item.slice_dir)]
    if not any(map(np.any, directions)):
        return None
    r, c = np.mgrid[:rows, :columns]
    return (np.array(item.position, float) + (r - rows // 2)[..., None] * height * directions[0]
            + (c - columns // 2)[..., None] * width * directions[1])


def from_images(work):
    dataset = ismrmrd.Dataset(str(work / "out/recon-mrd.h5"), "dataset", mode="r")
    places, values = [], []
    for number in range(dataset.number_of_images("image_0")):
        item = dataset.read_image("image_0", number)
        image = item.data[0, 0].T
        rows, columns = image.shape
        values.append(image)
        height, width = item.field_of_view[0] / rows, item.field_of_view[1] / columns
        places.append(middle_out(rows, columns, item, height, width))
    dataset.close()
    return (None if places[0] is None else np.array(places)), np.array(values)


def from_recon(work):
    with h5py.File(work / "out/recon.h5") as file:
        return None, file["reconstruction"][()]


def from_submission(work):
    with h5py.File(work / "out/submission/scan.h5") as file:
        return None, file["reconstruction"][()]


def read_array(path):
    sizes = [int(w) for w in path.with_suffix(".hdr").read_text().splitlines()[1].split()]
    return np.fromfile(path.with_suffix(".cfl"), "<c8").reshape(sizes, order="F")


def from_cfl(work):
    return None, abs(read_array(work / "out/recon.cfl")[:, :, 0, 0].squeeze()).transpose(2, 0, 1)


def by_bart(work, name):
    """The root sum of squares of a k-space array, by BART."""
    subprocess.run(["bart", "fft", "-iu", "3", name, "images"], cwd=work, check=True, capture_output=True)
    subprocess.run(["bart", "rss", "8", "images", "rss"], cwd=work, check=True, capture_output=True)
    return None, abs(read_array(work / "rss.cfl").squeeze()).transpose(2, 0, 1)


def combined(kspace):
    axes = (-2, -1)
    images = np.fft.fftshift(np.fft.ifftn(np.fft.ifftshift(kspace, axes), axes=axes, norm="ortho"), axes)
    return np.sqrt((abs(images) ** 2).sum(1))


def from_kspace(work):
    with h5py.File(work / "kspace.h5") as file:
        return None, combined(file["kspace"][()])


def from_raw(work):
    dataset = ismrmrd.Dataset(str(work / "raw.mrd"), "dataset", mode="r")
    encoding = ismrmrd.xsd.CreateFromDocument(dataset.read_xml_header()).encoding[0]
    size, extent = encoding.encodedSpace.matrixSize, encoding.encodedSpace.fieldOfView_mm
    centre = encoding.encodingLimits.kspace_encoding_step_1.center
    kspace, places = np.zeros((SLICES, COILS, size.x, size.y), complex), [None] * SLICES
    for number in range(dataset.number_of_acquisitions()):
        item = dataset.read_acquisition(number)
        first = size.x // 2 - item.center_sample
        kspace[item.idx.slice, :, first:first + item.number_of_samples,
               item.idx.kspace_encode_step_1 + size.y // 2 - centre] = item.data
        places[item.idx.slice] = middle_out(size.x, size.y, item, extent.x / size.x, extent.y / size.y)
    dataset.close()
    return (None if places[0] is None else np.array(places)), combined(kspace)


# Name, how it is read, whether it has room for a place.
WRITERS = [
    ("NIfTI", from_nifti, True), ("DICOM", from_dicom, True), ("ISMRMRD images", from_images, True),
    ("recon.h5", from_recon, False), ("submission", from_submission, False), ("recon.cfl", from_cfl, False),
    ("convert: ISMRMRD", from_raw, True), ("convert: fastMRI", from_kspace, False),
    ("convert: .cfl", lambda work: by_bart(work, "array"), False),
    ("convert: .ra", lambda work: by_bart(work, "array.ra"), False),
]


def likeness(values, truth):
    return np.corrcoef(values.ravel(), truth.ravel())[0, 1]


def judge(name, places, values, directions, states_place, holds_place):
    """The largest distance in mm of a voxel from where it was measured; None where no place may be claimed."""
    grid = phantoms.grid(directions)
    truth = phantoms.phantom(grid)
    assert values.shape == truth.shape, (name, values.shape)
    # The order of the array, which every writer keeps.
    own = likeness(values, truth)
    mirrored = max(
        likeness(values, np.flip(truth, axes))
        for count in (1, 2, 3) for axes in itertools.combinations(range(3), count))
    assert own > 0.98 and own > mirrored + 0.04, (name, own, mirrored)
    if not (states_place and holds_place):
        assert places is None, f"{name}: claims a place that the scan does not state"
        return None
    assert places is not None, f"{name}: has lost the place"
    # And the place itself: the phantom is where the file says, not only in the array's order.
    there = likeness(values, phantoms.phantom(places))
    turned = max(
        likeness(values, phantoms.phantom((places - MIDDLE) * signs + MIDDLE))
        for signs in itertools.product((1, -1), repeat=3) if signs != (1, 1, 1))
    distance = np.linalg.norm(places - grid, axis=-1).max()
    assert there > 0.98 and there > turned + 0.04 and distance < 1e-3, (name, there, turned, distance)
    return distance


def run(program, *arguments):
    outcome = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    assert outcome.returncode == 0, (arguments, outcome.stderr)


def matrix(program):
    print("| read | " + " | ".join(name for name, _, _ in WRITERS) + " |")
    print("|" + "---|" * (len(WRITERS) + 1))
    for reader, file, write, states_place in READERS:
        found = {name: [] for name, _, _ in WRITERS}
        for orientation, full in ORIENTATIONS.items():
            directions = phantoms.ORIENTATIONS[full]
            with tempfile.TemporaryDirectory() as work:
                work = pathlib.Path(work)
                write(work / file, directions)
                run(program, "recon", work / file, "--method", "zero-filled", "--nifti", "--dicom", "--cfl",
                    "--submission", "--ismrmrd", "-o", work / "out")
                for output in ["raw.mrd", "kspace.h5", "array.cfl", "array.ra"]:
                    run(program, "convert", work / file, work / output)
                for writer, read, holds_place in WRITERS:
                    if "convert: ." in writer and not shutil.which("bart"):
                        continue
                    places, values = read(work)
                    found[writer].append(judge(
                        f"{reader}, {writer}, {orientation}", places, values, directions, states_place,
                        holds_place))
        cells = [
            "–" if not distances else "order" if distances[0] is None
            else " / ".join("0" if d == 0 else f"{d:.0e}" for d in distances)
            for distances in found.values()]
        print(f"| {reader} | " + " | ".join(cells) + " |")
