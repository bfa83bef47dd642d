"""Checks an exported notebook: valid, runs without error, and prints the tables that it shows.

    python3 Tests/PeerChecks/notebook_check.py EXPORT_FOLDER

EXPORT_FOLDER is what `mri-ilo export` wrote. The notebook is validated by nbformat, run by nbclient in
a copy of the folder, and compared: the text and the HTML of every table must come out to the last
character, and every cell that shows a picture must show one again. The arrays are checked against
the index of images and the table of results.

Needs nbformat, nbclient, ipykernel, pandas, matplotlib and h5py.
"""

import copy
import pathlib
import shutil
import sys
import tempfile

import h5py
import nbclient
import nbformat
import numpy as np
import pandas as pd

TEXTS = ("text/plain", "text/html")


def text(output, form):
    return output.get("data", {}).get(form)


def check_outputs(cell, outputs, faults):
    name = cell["id"]
    for output in outputs:
        if output["output_type"] == "error":
            faults.append(f"{name}: {output['ename']}: {output['evalue']}")
        if output["output_type"] == "stream" and output["name"] == "stderr":
            faults.append(f"{name} complains: {output['text'][:200]}")
    for shown in cell.get("outputs", []):
        if shown["output_type"] == "execute_result":
            results = [o for o in outputs if o["output_type"] == "execute_result"]
            for form in TEXTS:
                made = [text(o, form) for o in results]
                if made != [text(shown, form)]:
                    faults.append(f"{name}: other {form}: {made!r:.300} against "
                                  f"{text(shown, form)!r:.300}")
        elif not any(text(o, "image/png") for o in outputs):
            faults.append(f"{name}: shows no picture when run")


def check_arrays(folder, faults):
    index = pd.read_csv(folder / "images.csv", keep_default_na=False)
    if index.empty:
        return 0
    slices = pd.read_csv(folder / "results.csv", keep_default_na=False)
    with h5py.File(folder / "arrays.h5") as arrays:
        for _, row in index.iterrows():
            image = arrays[row["reconstruction_dataset"]]
            reference = arrays[row["reference_dataset"]]
            for dataset, position in ((image, row["position"]), (reference, row["reference_position"])):
                if dataset.attrs["slices"][position] != row["slice"]:
                    faults.append(f"{dataset.name}: place {position} is not slice {row['slice']}")
                if dataset.attrs["scan"] != row["scan"]:
                    faults.append(f"{dataset.name}: says it is of another scan")
            found = slices[(slices["region"] == "image") & (slices["scan"] == row["scan"])
                           & (slices["slice"] == row["slice"]) & (slices["mask"] == row["mask"])
                           & (slices["acceleration"] == row["acceleration"])
                           & (slices["seed"].astype(str) == str(row["seed"]))
                           & (slices["method"] == row["method"])]
            if found.empty:
                continue
            x = image[row["position"]].astype(float)
            y = reference[row["reference_position"]].astype(float)
            error = ((x - y) ** 2).sum()
            if not np.isclose(error, float(found["squared_error"].iloc[0]), rtol=1e-5):
                faults.append(f"{image.name}: squared error {error}, not "
                              f"{found['squared_error'].iloc[0]} as in results.csv")
    return len(index)


def main(folder):
    folder = pathlib.Path(folder)
    [path] = folder.glob("*.ipynb")
    shown = nbformat.read(path, as_version=4)
    nbformat.validate(shown)
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        place = pathlib.Path(scratch) / "export"
        shutil.copytree(folder, place)
        run = copy.deepcopy(shown)
        nbclient.NotebookClient(run, timeout=600, resources={"metadata": {"path": str(place)}},
                                allow_errors=True).execute()
    tables = pictures = 0
    for before, after in zip(shown.cells, run.cells):
        if before["cell_type"] == "code":
            check_outputs(before, after["outputs"], faults)
            kinds = [output["output_type"] for output in before["outputs"]]
            tables += kinds.count("execute_result")
            pictures += kinds.count("display_data")
    if tables == 0:
        faults.append("the notebook shows no table")
    count = check_arrays(folder, faults)
    for fault in faults:
        print("WRONG", fault)
    print(f"{path.name}: {len(shown.cells)} cells, {tables} tables, {pictures} pictures, "
          f"{count} images in arrays.h5; {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
