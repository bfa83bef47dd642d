"""Makes the NIfTI files of the tests with nibabel.

    python3 Tests/PeerChecks/nifti_fixtures.py       (needs nibabel; made with 5.4.2)

Prints those of `NIfTITests.swift` as base64 of gzip, and writes `Tests/Fixtures/volumes.nii.gz`, which
`TrainingSetTests.swift` reads: two volumes of two slices each, the discs 0 to 3 of `ImageFolder.disc`.
"""
import base64
import gzip
import io
import pathlib
import textwrap

import nibabel
import numpy as np


def packed(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(data)
    return out.getvalue()


def show(name, image, change=lambda data: data):
    print(name)
    print("\n".join(textwrap.wrap(base64.b64encode(packed(change(image.to_bytes()))).decode(), 96)))


def disc(number, side=32):
    y, x = np.meshgrid(*[2 * np.arange(side) / side - 1] * 2, indexing="ij")
    stripes = 0.7 + 0.3 * np.cos((number % 9 + 3) * x + 5 * y)
    return np.rint(np.where(x * x + y * y < 0.6, 200 * stripes, 0))


x, y, z, v = np.meshgrid(np.arange(5), np.arange(4), np.arange(3), np.arange(2), indexing="ij")
several = 1000 * v + 100 * z + 10 * y + x
one = several[..., 0]
eye = np.eye(4)
swapped = nibabel.Nifti2Header(endianness=">")
swapped.set_data_dtype(np.float64)
scaled = nibabel.Nifti2Image(one.astype(np.float64), eye)
scaled.set_data_dtype(np.int16)
scaled.header.set_slope_inter(0.5, 3)
second = nibabel.Nifti2Image(one.astype(np.int16), eye)

show("second", second)
show("secondBigEndian", nibabel.Nifti2Image(one.astype(">f8"), eye, header=swapped))
show("secondScaled", scaled)
show("SeveralVolumes, NIfTI-1", nibabel.Nifti1Image(several.astype(np.int16), eye))
show("SeveralVolumes, NIfTI-2", nibabel.Nifti2Image(several.astype(np.float32), eye))
show("5 axes, NIfTI-1", nibabel.Nifti1Image(np.zeros((3, 2, 1, 1, 2), np.int16), eye))
show("5 axes, NIfTI-2", nibabel.Nifti2Image(np.zeros((3, 2, 1, 2, 3), np.int16), eye))
# What a transfer as text does to \r\n.
show("transfer as text", second, lambda data: data[:8] + b"\n\x1a\n\x00" + data[12:])

volumes = np.stack([np.stack([disc(2 * v + s).T for s in range(2)], -1) for v in range(2)], -1)
path = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "volumes.nii.gz"
path.write_bytes(packed(nibabel.Nifti2Image(volumes.astype(np.uint8), eye).to_bytes()))
print(path.name, path.stat().st_size, "bytes")
