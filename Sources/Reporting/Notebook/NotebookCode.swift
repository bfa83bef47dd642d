/// The Python code of an exported notebook.
///
/// Nothing from the run is written into it: names come from the files beside it, so that no label can
/// become code. What `quality`, `comparison` and `costs` print must be what `NotebookTables` gives.
enum NotebookCode {
  static let setup = """
    import html

    import h5py
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd

    %config InlineBackend.figure_formats = ["png", "svg"]


    def read(name):
        # Words such as "NA" or "null" are names here, not missing values.
        words = ["scan", "patient", "anatomy", "contrast", "mask", "seed", "method", "baseline",
                 "region", "metric", "dataset", "data", "reference", "job"]
        return pd.read_csv(name, keep_default_na=False, na_values=[""], encoding="utf-8",
                           converters={word: str for word in words})


    slices = read("results.csv")
    volumes = read("volumes.csv")
    summary = read("summary.csv")
    comparisons = read("comparisons.csv")
    method_costs = read("summary-costs.csv")
    images = read("images.csv")
    """

  static let tables = """
    class Table:
        \"\"\"Cells of text, shown the same way here and by the program that exported the notebook.\"\"\"

        def __init__(self, columns, rows):
            self.columns, self.rows = list(columns), [list(row) for row in rows]

        def __repr__(self):
            lines = [self.columns] + self.rows
            widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
            return "\\n".join(
                "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip(" ")
                for line in lines)

        def _repr_html_(self):
            def row(cells, tag):
                return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"
            return "\\n".join(["<table>", "<thead>", row(self.columns, "th"), "</thead>", "<tbody>"]
                             + [row(cells, "td") for cells in self.rows] + ["</tbody>", "</table>"])


    def figure(value, lower=np.nan, upper=np.nan):
        text = "–" if np.isnan(value) else f"{value:#.4g}"
        return text if np.isnan(lower) else f"{text} [{lower:#.4g}, {upper:#.4g}]"


    def p(value):
        return "–" if np.isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


    def unique(column):
        return list(dict.fromkeys(column))


    regions, metrics = unique(summary["region"]), unique(summary["metric"])
    CONDITION = ["mask", "acceleration", "center_fraction"]


    def quality(region):
        \"\"\"The mean over patients with its interval, for each metric.\"\"\"
        rows = []
        part = summary[summary["region"] == region]
        for key, group in part.groupby(CONDITION + ["method"], sort=False):
            cells = {row["metric"]: figure(row["patient_mean"], row["ci_lower"], row["ci_upper"])
                     for _, row in group.iterrows()}
            rows.append([key[0], f"{key[1]:g}", f"{key[2]:g}", key[3], str(group["patients"].max())]
                        + [cells[metric] for metric in metrics])
        return Table(["mask", "acceleration", "centre", "method", "patients"] + metrics, rows)


    def comparison(region):
        \"\"\"Each method against the baseline; p by Wilcoxon's test, corrected by Holm.\"\"\"
        rows = []
        for _, row in comparisons[comparisons["region"] == region].iterrows():
            rows.append([row["metric"], row["mask"], f"{row['acceleration']:g}",
                         f"{row['center_fraction']:g}", f"{row['method']} − {row['baseline']}",
                         str(row["patients"]),
                         figure(row["mean_difference"], row["ci_lower"], row["ci_upper"]),
                         p(row["p_holm"]), str(row["better"]), str(row["worse"])])
        return Table(["metric", "mask", "acceleration", "centre", "methods", "patients",
                      "mean difference", "p (Holm)", "better", "worse"], rows)


    def costs():
        \"\"\"Seconds a slice over jobs, and the peak memory of a job.\"\"\"
        rows = []
        for _, row in method_costs.iterrows():
            rows.append([row["method"], str(row["jobs"]), str(row["slices"]),
                         figure(row["seconds_per_slice_median"], row["seconds_per_slice_q1"],
                                row["seconds_per_slice_q3"]),
                         f"{row['peak_memory_bytes'] / 1048576:.0f}"])
        return Table(["method", "jobs", "slices", "seconds a slice, median [quartiles]",
                      "peak memory in MiB"], rows)
    """

  static let curves = """
    COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
    MARKERS = ["o", "s", "^", "D"]


    def curves(region, metric):
        \"\"\"The mean over patients against the achieved acceleration, with its interval.\"\"\"
        part = summary[(summary["region"] == region) & (summary["metric"] == metric)
                       & np.isfinite(summary["patient_mean"])]
        masks, methods = unique(summary["mask"]), unique(summary["method"])
        picture, axes = plt.subplots(1, len(masks), squeeze=False, sharey=True,
                                     figsize=(1 + 4 * len(masks), 3.4), layout="constrained")
        for axis, mask in zip(axes[0], masks):
            for index, method in enumerate(methods):
                line = part[(part["method"] == method) & (part["mask"] == mask)]
                line = line.sort_values("achieved_acceleration")
                whiskers = np.array([line["patient_mean"] - line["ci_lower"],
                                     line["ci_upper"] - line["patient_mean"]])
                axis.errorbar(line["achieved_acceleration"], line["patient_mean"],
                              yerr=np.nan_to_num(whiskers, posinf=0),
                              marker=MARKERS[index % len(MARKERS)], capsize=3,
                              color=COLOURS[index % len(COLOURS)], label=method)
            axis.set_xscale("log", base=2)
            axis.xaxis.set_major_formatter("{x:g}")
            axis.set_xlabel("achieved acceleration")
            axis.set_title(f"{mask} mask", fontsize=9)
        axes[0][0].set_ylabel(metric)
        picture.legend(*axes[0][0].get_legend_handles_labels(), loc="outside right upper")
        plt.show()
    """

  static let panels = """
    def panels(case):
        \"\"\"The reference and the methods' images, and below them their errors on one scale.\"\"\"
        part = images[images["case"] == case]
        with h5py.File("arrays.h5") as arrays:
            first = part.iloc[0]
            reference = arrays[first["reference_dataset"]][first["reference_position"]]
            shown = {row["method"]: arrays[row["reconstruction_dataset"]][row["position"]]
                     for _, row in part.iterrows()}
        errors = {method: abs(image - reference) for method, image in shown.items()}
        white = np.percentile(reference, 99.8)
        most = np.median([np.percentile(error, 99.5) for error in errors.values()])
        picture, axes = plt.subplots(2, 1 + len(shown), squeeze=False,
                                     figsize=(2.4 * (1 + len(shown)), 5.4))
        for axis in axes.flat:
            axis.axis("off")
        axes[0][0].imshow(reference, cmap="gray", vmin=0, vmax=white)
        axes[0][0].set_title("reference", fontsize=9)
        for column, method in enumerate(shown, start=1):
            axes[0][column].imshow(shown[method], cmap="gray", vmin=0, vmax=white)
            axes[0][column].set_title(method, fontsize=9)
            axes[1][column].imshow(errors[method], cmap="inferno", vmin=0, vmax=most)
        picture.suptitle("{scan}, slice {slice}, {mask} mask, {acceleration:g}x, seed {seed}. "
                         "Research use only; not for diagnosis.".format(**first), fontsize=9)
        plt.show()
    """
}
