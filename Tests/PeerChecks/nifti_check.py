#!/usr/bin/env python3
"""Reads what `mri-ilo recon --nifti --cfl` writes with nibabel and numpy, and looks for the marks.

    nifti_check.py PROGRAM Tests/Fixtures/scans

Needs numpy, h5py and nibabel. The marked phantom of `scan_fixtures.py` goes through every reader; the
volume must hold the same values as `recon.h5`, in its rows and columns, and the array of BART must
have them as magnitudes. For the ISMRMRD files, whose rows run to the back, columns to the left and
slices to the head, the marks must be found in the world where those directions put them.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import nibabel
import numpy as np

FILES = ["fastmri.h5", "raw.h5", "raw-3d.h5", "slices.cfl", "flat.cfl", "volume.ra",
         "calgary-campinas.h5", "cmrxrecon.mat", "skm-tea.h5"]


def main():
    program, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
    phantom = json.loads((fixtures / "phantom.json").read_text())
    rows, columns = phantom["rows"], phantom["columns"]
    rss = np.array(phantom["rss"]).reshape(phantom["slices"], rows, columns)
    for name in FILES:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            frame = ["--frame", "1"] if name == "cmrxrecon.mat" else []
            run = subprocess.run(
                [program, "recon", str(fixtures / name), "--method", "zero-filled", "--nifti", "--cfl",
                 "-o", str(folder / "out")] + frame, capture_output=True, text=True)
            assert run.returncode == 0, (name, run.stderr)
            volume = nibabel.load(folder / "out" / "recon.nii.gz")
            data = volume.get_fdata()
            volume = nibabel.Nifti1Image(data, volume.affine, volume.header)
            with h5py.File(folder / "out" / "recon.h5") as file:
                images = file["reconstruction"][()]
            sizes = (folder / "out" / "recon.hdr").read_text().split("\n")[1].split()
            sizes = [int(size) for size in sizes]
            array = np.fromfile(folder / "out" / "recon.cfl", np.complex64)
            array = array.reshape(sizes[::-1]).T.reshape(rows, columns, -1)
        # The first axis counts columns, the second rows.
        assert data.shape == (columns, rows, len(images)), (name, data.shape)
        assert np.allclose(data.transpose(2, 1, 0), images), name
        assert np.allclose(abs(array).transpose(2, 0, 1), images, rtol=1e-4, atol=1e-6 * images.max()), name
        for slice, image in enumerate(images):
            likeness = np.corrcoef(image.ravel(), rss[slice].ravel())[0, 1]
            mirrored = max(
                np.corrcoef(flip.ravel(), rss[slice].ravel())[0, 1]
                for flip in [image[::-1], image[:, ::-1], image[::-1, ::-1]])
            assert likeness > 0.95 and likeness > mirrored + 0.1, (name, likeness, mirrored)
        header = volume.header
        words = f"sform {int(header['sform_code'])}, qform {int(header['qform_code'])}"
        if name.startswith("raw"):
            assert int(header["sform_code"]) == int(header["qform_code"]) == 1
            assert np.allclose(volume.get_qform(), volume.get_sform(), atol=1e-3), name
            assert nibabel.aff2axcodes(volume.affine) == ("L", "P", "S"), volume.affine
            assert np.allclose(header.get_zooms(), (3, 2, 6)), header.get_zooms()
            # Where an element lies in the patient, by the acquisition headers of the fixture (LPS).
            for slice in range(len(images)):
                for row, column in [(5, 4), (17, 13)]:
                    left = 3 + 3 * (column - columns // 2)
                    back = -7 + 2 * (row - rows // 2)
                    world = volume.affine @ [column, row, slice, 1]
                    assert np.allclose(world[:3], [-left, -back, 20 + 6 * slice], atol=1e-4), world
            # The large mark lies to the patient's right and front of the middle, seen in the world.
            canonical = nibabel.as_closest_canonical(volume)
            assert nibabel.aff2axcodes(canonical.affine) == ("R", "A", "S")
            top, bottom, left, right = phantom["marks"]["large"]
            there = canonical.get_fdata()[columns - right:columns - left, rows - bottom:rows - top]
            assert np.allclose(
                there, data[left:right, top:bottom][::-1, ::-1]), name
            words += ", axes LPS at (3, 2, 6) mm, marks where the headers put them"
        else:
            assert int(header["sform_code"]) == int(header["qform_code"]) == 0
        print(f"{name:22} {words}: the same images in recon.h5, recon.nii.gz and recon.cfl")


if __name__ == "__main__":
    main()
