#!/usr/bin/env python3
"""Whether left, front and head stay what they are: a marked phantom in many orientations through
`mri-ilo recon --nifti --dicom` and into other programs, and through every reader and writer.

    orientation_check.py PROGRAM

Needs numpy, h5py, ismrmrd, nibabel, pydicom and SimpleITK, and the programs dcm2niix, dciodvfy and dcmdump
(Debian: dcm2niix, dicom3tools, dcmtk); with `bart` the arrays that are written are transformed by it. The phantom is a function of the place in the patient: an ellipsoid with
a mark to the left, one to the front and one to the head, of different size and brightness. It is
measured as ISMRMRD raw data in each orientation, with unequal spacings, gaps between the slices, and
the middle off the origin. Every reader must have every voxel where nibabel has it in the NIfTI file,
with the same value to half a step of the DICOM file's slope, and what it has there must be the phantom
and not one of its seven mirror images. `orientation_matrix.py` has the table of readers and writers.
"""
import importlib.metadata
import itertools
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import ismrmrd
import nibabel
import numpy as np
import pydicom
import SimpleITK

ROWS, COLUMNS, SLICES, COILS = 40, 36, 13, 3
# Millimetres from row to row, column to column, slice to slice, and the thickness of a slice.
HEIGHT, WIDTH, STEP, THICKNESS = 4.0, 5.0, 7.0, 5.0
MIDDLE = np.array([3.0, -7.0, 20.0])
# Directions in DICOM's axes (left, back, head) in which rows, columns and slices are counted.
TURN = 0.4, 0.3


def turned(directions):
    a, b = TURN
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    return [about_z @ about_x @ np.array(d, float) for d in directions]


ORIENTATIONS = {
    "axial": [(0, 1, 0), (1, 0, 0), (0, 0, 1)],
    "axial, head first": [(0, 1, 0), (1, 0, 0), (0, 0, -1)],
    "axial, readout to the right": [(-1, 0, 0), (0, 1, 0), (0, 0, 1)],
    "sagittal": [(0, 0, -1), (0, 1, 0), (1, 0, 0)],
    "sagittal, phase to the front": [(0, 0, -1), (0, -1, 0), (-1, 0, 0)],
    "coronal": [(0, 0, -1), (1, 0, 0), (0, 1, 0)],
    "coronal, upside down": [(0, 0, 1), (-1, 0, 0), (0, -1, 0)],
    "twice oblique axial": turned([(0, 1, 0), (1, 0, 0), (0, 0, 1)]),
    "twice oblique sagittal": turned([(0, 0, -1), (0, 1, 0), (1, 0, 0)]),
}


def phantom(world):
    """The brightness at places (..., 3) in the patient, axes left, back, head."""
    p = world - MIDDLE
    value = ((p / (62, 55, 58)) ** 2).sum(-1) < 1
    value = value * (1.0 + 0.002 * p[..., 0] + 0.003 * p[..., 1] + 0.004 * p[..., 2])
    for centre, radius, brightness in [((34, 0, 0), 15, 2), ((0, -30, 0), 12, 3), ((0, 0, 30), 13, 4)]:
        value = value + brightness * (((p - centre) ** 2).sum(-1) < radius ** 2)
    return value


def grid(directions):
    """The places of all voxels (slice, row, column, 3)."""
    read, phase, stack = [np.array(d, float) for d in directions]
    s, r, c = np.meshgrid(np.arange(SLICES), np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    return (MIDDLE + (s - (SLICES - 1) / 2)[..., None] * STEP * stack
            + (r - ROWS // 2)[..., None] * HEIGHT * read + (c - COLUMNS // 2)[..., None] * WIDTH * phase)


def raw_header():
    """A header of the slices, as ISMRMRD has it."""
    x = ismrmrd.xsd

    def space():
        return x.encodingSpaceType(
            matrixSize=x.matrixSizeType(x=ROWS, y=COLUMNS, z=1),
            fieldOfView_mm=x.fieldOfViewMm(x=ROWS * HEIGHT, y=COLUMNS * WIDTH, z=THICKNESS))

    return x.ismrmrdHeader(
        experimentalConditions=x.experimentalConditionsType(H1resonanceFrequency_Hz=123200000),
        acquisitionSystemInformation=x.acquisitionSystemInformationType(receiverChannels=COILS),
        encoding=[x.encodingType(
            encodedSpace=space(), reconSpace=space(), trajectory=x.trajectoryType.CARTESIAN,
            encodingLimits=x.encodingLimitsType(
                kspace_encoding_step_1=x.limitType(minimum=0, maximum=COLUMNS - 1, center=COLUMNS // 2),
                slice=x.limitType(minimum=0, maximum=SLICES - 1, center=0)))])


def images_of(directions):
    """The coil images (slice, coil, row, column)."""
    image = phantom(grid(directions))
    r, c = np.mgrid[:ROWS, :COLUMNS]
    maps = []
    for coil in range(COILS):
        angle = 2 * np.pi * coil / COILS
        weight = np.exp(-((r - 20 - 22 * np.cos(angle)) ** 2 + (c - 18 - 20 * np.sin(angle)) ** 2) / 900)
        maps.append(weight * np.exp(1j * (angle + 0.03 * c - 0.02 * r)))
    maps = np.array(maps)
    maps /= np.sqrt((abs(maps) ** 2).sum(0))
    return image[:, None] * maps


def kspace_of(directions):
    """The k-space (slice, coil, row, column), with a little noise."""
    axes = (-2, -1)
    kspace = np.fft.fftshift(np.fft.fftn(
        np.fft.ifftshift(images_of(directions), axes), axes=axes, norm="ortho"), axes)
    noise = np.random.default_rng(1).standard_normal((2,) + kspace.shape)
    return kspace + 0.001 * (noise[0] + 1j * noise[1])


def write_raw(path, directions):
    """ISMRMRD raw data, slice by slice."""
    kspace = kspace_of(directions)
    dataset = ismrmrd.Dataset(str(path), "dataset", create_if_needed=True)
    dataset.write_xml_header(raw_header().toXML())
    for s in range(SLICES):
        for line in range(COLUMNS):
            item = ismrmrd.Acquisition.from_array(
                np.ascontiguousarray(kspace[s, :, :, line], np.complex64))
            item.center_sample = ROWS // 2
            item.idx.kspace_encode_step_1, item.idx.slice = line, s
            item.position[:] = MIDDLE + (s - (SLICES - 1) / 2) * STEP * np.array(directions[2], float)
            item.read_dir[:], item.phase_dir[:], item.slice_dir[:] = directions
            dataset.append_acquisition(item)
    dataset.close()


def by_nibabel(path):
    """Places (voxels, 3) with axes left, back, head, and values."""
    volume = nibabel.load(path)
    data = volume.get_fdata()
    index = np.indices(data.shape).reshape(3, -1).T
    world = index @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    return world * (-1, -1, 1), data.ravel()


def by_pydicom(folder):
    places, values = [], []
    for path in sorted(folder.iterdir()):
        file = pydicom.dcmread(path)
        rows, columns = np.mgrid[:file.Rows, :file.Columns]
        along, down = np.reshape(file.ImageOrientationPatient, (2, 3)).astype(float)
        place = (np.array(file.ImagePositionPatient, float)
                 + columns[..., None] * along * float(file.PixelSpacing[1])
                 + rows[..., None] * down * float(file.PixelSpacing[0]))
        places.append(place.reshape(-1, 3))
        values.append(pydicom.pixels.apply_modality_lut(file.pixel_array, file).ravel())
    return np.concatenate(places), np.concatenate(values)


def by_simpleitk(image):
    index = np.indices(image.GetSize()).reshape(3, -1).T
    direction = np.reshape(image.GetDirection(), (3, 3))
    world = np.array(image.GetOrigin()) + (index * image.GetSpacing()) @ direction.T
    return world, SimpleITK.GetArrayFromImage(image).transpose(2, 1, 0).ravel()


def series_by_simpleitk(folder):
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return by_simpleitk(reader.Execute())


def by_dcm2niix(folder):
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["dcm2niix", "-z", "n", "-f", "volume", "-o", work, str(folder)],
                       check=True, capture_output=True)
        found = list(pathlib.Path(work).glob("*.nii"))
        assert len(found) == 1, found
        return by_nibabel(found[0])


def judge(name, read, reference, slope):
    """The largest distance in mm and difference in steps of the slope to nibabel's reading of the NIfTI
    file, and the correlation with the phantom and with the likeliest of its mirror images."""
    (place, value), (volume, expected) = read, reference
    # In voxels of nibabel's volume.
    at = (place - [-1, -1, 1] * volume.affine[:3, 3]) @ np.linalg.inv(
        np.array([-1, -1, 1])[:, None] * volume.affine[:3, :3]).T
    nearest = at.round().astype(int)
    assert len(value) == expected.size and (nearest >= 0).all() and (nearest < expected.shape).all(), name
    flat = np.ravel_multi_index(nearest.T, expected.shape)
    assert len(np.unique(flat)) == expected.size, f"{name}: voxels coincide"
    distance = np.linalg.norm((at - nearest) * [WIDTH, HEIGHT, STEP], axis=1).max()
    steps = abs(value - expected.ravel()[flat]).max() / slope
    truth = np.corrcoef(value, phantom(place))[0, 1]
    mirrored = max(
        np.corrcoef(value, phantom((place - MIDDLE) * signs + MIDDLE))[0, 1]
        for signs in itertools.product((1, -1), repeat=3) if signs != (1, 1, 1))
    assert distance < 1e-3 and steps < 0.51, (name, distance, steps)
    assert truth > 0.99 and truth > mirrored + 0.05, (name, truth, mirrored)
    return distance, steps, truth, mirrored


def complaints(folder):
    found = []
    for path in sorted(folder.iterdir()):
        run = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True)
        found += [line for line in (run.stdout + run.stderr).splitlines()
                  if line.startswith(("Error", "Warning"))]
    # Which value it is that DICOM's own MR image would not have is no matter.
    return [line.split(" - attribute <")[0] for line in found]


def version(*command):
    run = subprocess.run(command, capture_output=True, text=True)
    return next(line for line in (run.stdout + run.stderr).splitlines() if any(map(str.isdigit, line))).strip()


def main():
    program = sys.argv[1]
    print("| orientation | NIfTI: nibabel | NIfTI: SimpleITK | DICOM: pydicom | DICOM: SimpleITK | "
          "DICOM: dcm2niix | likeness, best mirror image |")
    print("|---|---|---|---|---|---|---|")
    said = set()
    for orientation, directions in ORIENTATIONS.items():
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            write_raw(work / "raw.h5", directions)
            run = subprocess.run(
                [program, "recon", str(work / "raw.h5"), "--method", "zero-filled", "--nifti", "--dicom",
                 "-o", str(work / "out")], capture_output=True, text=True)
            assert run.returncode == 0 and run.stderr == "", run.stderr
            nifti, series = work / "out" / "recon.nii.gz", work / "out" / "dicom-zero-filled"
            volume = nibabel.load(nifti)
            expected = volume.get_fdata()
            with h5py.File(work / "out" / "recon.h5") as file:
                assert np.array_equal(expected.transpose(2, 1, 0), file["reconstruction"][()])
            slope = float(pydicom.dcmread(series / "slice-000.dcm").RescaleSlope)
            cells = []
            for name, read in [
                    ("nibabel", lambda: by_nibabel(nifti)),
                    ("SimpleITK, NIfTI", lambda: by_simpleitk(SimpleITK.ReadImage(str(nifti)))),
                    ("pydicom", lambda: by_pydicom(series)),
                    ("SimpleITK, DICOM", lambda: series_by_simpleitk(series)),
                    ("dcm2niix", lambda: by_dcm2niix(series))]:
                distance, steps, truth, mirrored = judge(
                    f"{orientation}, {name}", read(), (volume, expected), slope)
                cells.append(f"{distance:.0e} mm, {steps:.2f}")
            cells.append(f"{truth:.3f}, {mirrored:.3f}")
            print(f"| {orientation} | " + " | ".join(cells) + " |")
            said.update(complaints(series))
    # It imports this file, which is the main program only the first time.
    import orientation_matrix
    print()
    orientation_matrix.matrix(program)
    errors = [line for line in said if line.startswith("Error")]
    print(f"\ndciodvfy: {len(errors)} errors")
    for line in sorted(said):
        print("  " + line)
    bart = version("bart", "version") if shutil.which("bart") else "no BART"
    print(f"ismrmrd {importlib.metadata.version('ismrmrd')}, h5py {h5py.__version__}, BART {bart}; "
          f"{version('dcmdump', '--version')}")
    print(f"nibabel {nibabel.__version__}, pydicom {pydicom.__version__}, SimpleITK "
          f"{SimpleITK.Version.VersionString()}, numpy {np.__version__}; {version('dcm2niix', '-v')}; "
          f"{version('dpkg-query', '-W', 'dicom3tools')}; {version(program, '--version')}")
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
