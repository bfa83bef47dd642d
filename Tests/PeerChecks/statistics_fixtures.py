"""Writes Tests/Fixtures/statistics.json: statistics computed by SciPy, statsmodels and others.

    python Tests/PeerChecks/statistics_fixtures.py
        (needs scipy, statsmodels, pingouin, scikit-learn; prints the versions it ran with)

The file holds the inputs too: the Swift tests compute nothing but what they check.
"""

import itertools
import json
import pathlib

import numpy as np
import pandas
import pingouin
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.multitest import multipletests


def quartiles(rng):
    lists = [[3.0], [1.0, 2.0], rng.normal(size=7).tolist(), rng.normal(30, 4, size=50).tolist()]
    return [{"values": v, "quartiles": np.percentile(v, [25, 50, 75]).tolist()} for v in lists]


def wilcoxon(rng):
    cases = [
        ("one pair", [0.5]),
        ("two pairs", [0.5, -0.25]),
        ("few, plain", rng.normal(0.5, 1, 7).tolist()),
        ("few, ties", [1.0, 1.0, 2.0, -2.0, 3.0, 3.0, -1.0, 4.0]),
        ("few, zeros", [0.0, 1.5, 0.0, 2.5, -0.5, 3.5, 4.5]),
        ("13, ties and zeros", [0.0, 1, 1, -1, 2, 2, 2, -3, 3, 4, 4, 5, 6]),
        ("13, all zero", [0.0] * 13),
        ("14, ties and zeros", [0.0, 1, 1, -1, 2, 2, 2, -3, 3, 4, 4, 5, 6, -6]),
        ("30, ties", np.round(rng.normal(0.3, 1, 30), 1).tolist()),
        ("50, plain", rng.normal(0.1, 1, 50).tolist()),
        ("50, plain, far from zero", rng.normal(2.5, 1, 50).tolist()),
        ("51, plain", rng.normal(0.3, 1, 51).tolist()),
        ("120, ties and zeros", np.round(rng.normal(0.2, 1, 120), 1).tolist()),
    ]
    out = []
    for name, differences in cases:
        d = np.array(differences)
        result = stats.wilcoxon(d)
        i, j = np.triu_indices(len(d))
        ranks = stats.rankdata(np.abs(d[d != 0]))
        signed = ranks * np.sign(d[d != 0])
        case = {
            "name": name,
            "differences": differences,
            "used": int((d != 0).sum()),
            "statistic": float(result.statistic),
            "p": float(result.pvalue),
            "median": float(np.median((d[i] + d[j]) / 2)),
        }
        if ranks.size:
            case["rankBiserial"] = float(signed.sum() / ranks.sum())
            peer = float(pingouin.wilcoxon(d)["RBC"].iloc[0])
            assert abs(peer - case["rankBiserial"]) < 1e-12, (name, peer)
        out.append(case)
    return out


def holm(rng):
    lists = [[0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.6], [0.02, 0.02, 0.001, 1.0, 0.0]]
    lists.append(rng.uniform(0, 0.1, 12).tolist())
    return [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in lists]


# Peak flow of 17 subjects by two meters, Bland and Altman, Lancet 327, 1986, table.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def bland_altman(rng):
    pairs = [("peak flow", WRIGHT, MINI, 0.95)]
    first = rng.normal(10, 2, 40)
    pairs.append(("40 pairs", first.tolist(), (first + rng.normal(0.3, 0.5, 40)).tolist(), 0.9))
    out = []
    for name, one, two, confidence in pairs:
        d = np.array(one, float) - np.array(two, float)
        n, mean, sd = len(d), d.mean(), d.std(ddof=1)
        t = stats.t.ppf((1 + confidence) / 2, n - 1)
        limit_error = sd * np.sqrt(1 / n + 1.96**2 / (2 * (n - 1)))
        around = lambda centre, error: [centre - t * error, centre + t * error]
        out.append({
            "name": name, "first": [float(v) for v in one], "second": [float(v) for v in two],
            "confidence": confidence, "bias": mean, "sd": sd,
            "biasInterval": around(mean, sd / np.sqrt(n)),
            "lower": mean - 1.96 * sd, "lowerInterval": around(mean - 1.96 * sd, limit_error),
            "upper": mean + 1.96 * sd, "upperInterval": around(mean + 1.96 * sd, limit_error),
        })
    return out


def kappa(rng):
    truth = rng.integers(1, 6, 60)
    noisy = lambda: np.clip(truth + rng.integers(-1, 2, 60), 1, 5)
    tables = [("three readers", np.stack([truth, noisy(), noisy()], 1))]
    gap = np.array([[1, 1], [2, 2], [5, 4], [4, 5], [1, 2], [5, 5], [2, 4]])
    tables.append(("an unused score", gap))
    tables.append(("one reader constant", np.array([[3, 1], [3, 2], [3, 3], [3, 5]])))
    out = []
    for name, table in tables:
        case = {"name": name, "scores": table.tolist()}
        for weights in ["linear", "quadratic"]:
            case[weights] = [
                float(cohen_kappa_score(table[:, i], table[:, j], weights=weights,
                                        labels=[1, 2, 3, 4, 5]))
                for i, j in itertools.combinations(range(table.shape[1]), 2)
            ]
        out.append(case)
    return out


# Six targets rated by four judges, Shrout and Fleiss, Psychological Bulletin 86(2), 1979, table 2.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def icc_interval(table, single, confidence):
    """Shrout and Fleiss's form of the interval, the one pingouin and R's psych use."""
    n, k = table.shape
    mean = table.mean()
    rows, columns = table.mean(1), table.mean(0)
    msb = k * ((rows - mean) ** 2).sum() / (n - 1)
    msj = n * ((columns - mean) ** 2).sum() / (k - 1)
    mse = ((table - rows[:, None] - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    fj = msj / mse
    vn = (k - 1) * (n - 1) * (k * single * fj + n * (1 + (k - 1) * single) - k * single) ** 2
    vd = (n - 1) * k**2 * single**2 * fj**2 + (n * (1 + (k - 1) * single) - k * single) ** 2
    upper = stats.f.ppf((1 + confidence) / 2, n - 1, vn / vd)
    lower = stats.f.ppf((1 + confidence) / 2, vn / vd, n - 1)
    low = n * (msb - upper * mse) / (upper * (k * msj + (k * n - k - n) * mse) + n * msb)
    high = n * (lower * msb - mse) / (k * msj + (k * n - k - n) * mse + n * lower * msb)
    average = lambda value: value * k / (1 + value * (k - 1))
    return [low, high], [average(low), average(high)]


def icc(rng):
    truth = rng.normal(3, 1, 40)
    offsets = np.array([0, 0.3, -0.2])
    tables = [("Shrout and Fleiss", np.array(SHROUT_FLEISS, float)),
              ("40 cases, 3 readers", truth[:, None] + offsets + rng.normal(0, 0.6, (40, 3))),
              ("no agreement", rng.normal(0, 1, (20, 2)))]
    out = []
    for name, table in tables:
        n, k = table.shape
        frame = pandas.DataFrame({"case": np.repeat(np.arange(n), k),
                                  "reader": np.tile(np.arange(k), n), "score": table.ravel()})
        peer = pingouin.intraclass_corr(frame, "case", "reader", "score").set_index("Type")
        single, average = float(peer.loc["ICC(A,1)", "ICC"]), float(peer.loc["ICC(A,k)", "ICC"])
        intervals = icc_interval(table, single, 0.95)
        # pingouin rounds its intervals to two decimals.
        for kind, interval in zip(["ICC(A,1)", "ICC(A,k)"], intervals):
            assert np.abs(peer.loc[kind, "CI95"] - np.array(interval)).max() < 0.00501, name
        out.append({"name": name, "scores": table.tolist(), "single": single, "average": average,
                    "singleInterval": intervals[0], "averageInterval": intervals[1]})
    return out


def friedman(rng):
    tables = [("plain", rng.normal(0, 1, (12, 4)) + np.array([0, 0.5, 1, 0])),
              ("ties", rng.integers(1, 5, (15, 3)).astype(float))]
    out = []
    for name, table in tables:
        result = stats.friedmanchisquare(*table.T)
        out.append({"name": name, "blocks": table.tolist(), "statistic": float(result.statistic),
                    "p": float(result.pvalue),
                    "meanRanks": stats.rankdata(-table, axis=1).mean(0).tolist()})
    return out


def bootstrap(rng):
    """Intervals of the mean of clusters' means.

    Of tiny samples, the quantiles over all n^n equally likely resamples, at confidences that lie
    well inside a step of their distribution: enough resamples must give exactly these. Of larger
    ones, SciPy's, with the standard error of the difference of two such bounds: SciPy's spread over
    repeated runs, times the root of 2.
    """
    tiny, large = [], []
    for values, confidence in [([1.0, 2.0, 4.0], 0.8), ([1.0, 2.0, 4.0, 8.5], 0.8)]:
        means = np.sort([np.mean(r) for r in itertools.product(values, repeat=len(values))])
        low, high = (1 - confidence) / 2, (1 + confidence) / 2
        for q in (low, high):
            value = np.percentile(means, 100 * q, method="inverted_cdf")
            below, up_to = np.mean(means < value - 1e-9), np.mean(means <= value + 1e-9)
            assert below + 0.005 < q < up_to - 0.005, (values, q, below, up_to)
        bounds = np.percentile(means, [100 * low, 100 * high], method="inverted_cdf")
        tiny.append({"values": values, "confidence": confidence, "bounds": bounds.tolist()})
    sizes = rng.integers(1, 6, 30)
    patients = [rng.gamma(2, 1, size).tolist() for size in sizes]
    means = np.array([np.mean(p) for p in patients])
    for method in ["percentile", "BCa"]:
        runs = np.array([
            stats.bootstrap((means,), np.mean, n_resamples=20_000, method=method,
                            rng=seed).confidence_interval
            for seed in range(40)
        ])
        large.append({"method": method, "patients": patients, "estimate": means.mean(),
                      "resamples": 20_000, "bounds": runs.mean(0).tolist(),
                      "standardError": runs.std(0, ddof=1).tolist()})
    return {"tiny": tiny, "large": large}


def main():
    for module in [np, scipy, statsmodels, pingouin, sklearn]:
        print(module.__name__, module.__version__)
    builders = [quartiles, wilcoxon, holm, bland_altman, kappa, icc, friedman, bootstrap]
    names = ["quartiles", "wilcoxon", "holm", "blandAltman", "kappa", "icc", "friedman",
             "bootstrap"]
    fixtures = {n: b(np.random.default_rng(i)) for i, (n, b) in enumerate(zip(names, builders))}
    path = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "statistics.json"
    # One case a line, so that a change shows which case moved.
    text = []
    for name, cases in fixtures.items():
        rows = cases if isinstance(cases, list) else [cases]
        lines = ",\n".join("  " + json.dumps(case) for case in rows)
        text.append(f'"{name}": ' + (f"[\n{lines}\n]" if cases is rows else lines.strip()))
    path.write_text("{\n" + ",\n".join(text) + "\n}\n")
    assert json.loads(path.read_text()).keys() == fixtures.keys()


if __name__ == "__main__":
    main()
