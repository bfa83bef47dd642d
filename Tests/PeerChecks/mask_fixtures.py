#!/usr/bin/env python3
"""Writes the masks of Tests/Fixtures/masks by NumPy: one mask of 5 x 7 points in four forms, and one of 7 columns."""
import pathlib

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
