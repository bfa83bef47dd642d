#!/usr/bin/env python3
"""Writes the masks of Tests/Fixtures/masks by NumPy and h5py: one mask of 5 x 7 points in four forms, one of 7
columns, and one in an HDF5 file with a wrong bit, on which libhdf5 1.10 crashes."""
import pathlib

import h5py
import numpy

folder = pathlib.Path(__file__).parent.parent / "Fixtures" / "masks"
folder.mkdir(exist_ok=True)
row, column = numpy.mgrid[:5, :7]
points = (2 * row + 3 * column) % 5 < 2
points[1:4, 2:5] = True
columns = numpy.array([1, 0, 0, 1, 1, 0, 1])
numpy.save(folder / "bool.npy", points)
numpy.save(folder / "fortran.npy", numpy.asfortranarray(points.astype(">i2")))
numpy.save(folder / "double.npy", points[None, :, :, None].astype("<f8"))
numpy.save(folder / "signed.npy", -points.astype("i1"))
numpy.save(folder / "columns.npy", numpy.tile(columns, (5, 1)).astype("u8"))
numpy.savetxt(folder / "points.txt", points, fmt="%d")
numpy.savetxt(folder / "columns.txt", columns, fmt="%d")
numpy.savetxt(folder / "points.csv", points, fmt="%d", delimiter=",")

damaged = folder / "damaged.h5"
with h5py.File(damaged, "w") as file:
    file.create_dataset("mask", data=(numpy.arange(35) % 2).astype("f4").reshape(5, 7)).attrs["a"] = "hello"
    file["g/x"] = 1
data = bytearray(damaged.read_bytes())
data[920] ^= 1
damaged.write_bytes(data)
