"""Fits timed beside R's, and how well games foretell crises beside two rivals that know nothing of games.

Where Rscript is there with the packages sigInt and games, they are timed on this machine; else their times are those of
the reference, measured on another. Each is the median of several runs, ours in CPU seconds. Without the reference data
there is nothing to time.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable

import numpy as np
import polars as pl
from reference_fits import FITS, MISSING, REFERENCE, SANCTIONS

import duress as du
from duress import CrisisSignaling
from duress.fit.validity import folds_of, score

ROUNDS = 5
FOLDS = 10

R_PROGRAM = """
suppressMessages({library(sigInt); library(Formula)})
d <- read.csv("%s")
f <- as.Formula(sq + cd + sf + bd ~ sqrt(senderecondep) + senderdemocracy + contig + ally - 1 | anticipatedsendercosts |
  sqrt(targetecondep) + anticipatedtargetcosts + contig + ally | sqrt(senderecondep) + senderdemocracy + lncaprat |
  targetdemocracy + lncaprat | senderdemocracy | -1)
phat <- list(PRhat = d$PRhat, PFhat = d$PFhat)
for (m in c("pl", "npl")) {
  times <- replicate(3, system.time(sigint(f, data = d, method = m, phat = phat, pl.vcov = 0))["elapsed"])
  cat(m, median(times), "\\n")
}
"""


def median(run: Callable[[], object]) -> float:
    """Return the median of the CPU seconds of ``run``, after once to warm up."""
    run()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return statistics.median(times)


def times_of_r() -> tuple[dict[str, float], str]:
    """Return R's seconds by fit, and where they were measured."""
    timings = pl.read_csv(REFERENCE / "sanctions/r_timings.csv")
    known = dict(zip(timings["fit"], timings["median_s"], strict=True))
    found = {"pl": known["fit2b_PL_phat_PRhat"], "npl": known["fit2c_NPL_phat_PRhat"]}
    fits = pl.read_csv(REFERENCE / "games_fits.csv")
    found |= dict(zip(fits["fit"], fits["median_s"], strict=True))
    # The archive's own log, in CPU seconds.
    found["cmle"] = 243.0
    rscript = shutil.which("Rscript")
    if rscript is None:
        return found, "R is not here: its times are the reference's, on another machine"
    program = R_PROGRAM % (REFERENCE / "sanctions/crises.csv")
    done = subprocess.run([rscript, "-e", program], capture_output=True, text=True, check=False)
    if done.returncode:
        return found, f"R is here but says {done.stderr.strip().splitlines()[-1]!r}: its times are the reference's"
    found |= {name: float(seconds) for name, seconds in (line.split() for line in done.stdout.splitlines())}
    return found, "R's times of pl and npl are of this machine, the others the reference's"


def report_times() -> None:
    theirs, where = times_of_r()
    print(f"{where}.\n{'fit':<28}{'all of it, s':>14}{'estimator, s':>14}{'R, s':>10}{'R / estimator':>15}{'logL':>16}")
    for name, (model, path, utilities, outcome) in FITS.items():
        data = pl.read_csv(path, null_values=["NA"])
        fitted = du.fit(model, data, utilities, outcome=outcome)
        observed, design = model.observe(fitted.outcome, fitted.frame), fitted.design
        whole = median(lambda m=model, d=data, u=utilities, o=outcome: du.fit(m, d, u, outcome=o))
        bare = median(lambda m=model, d=design, o=observed, f=fitted: m.estimate(d, o, f.frame))
        print(
            f"{name:<28}{whole:>14.3f}{bare:>14.3f}{theirs[name]:>10.3f}{theirs[name] / bare:>15.1f}"
            f"{fitted.loglik:>16.6f}"
        )


def report_equilibria() -> None:
    model, data, utilities, _ = FITS["npl"]
    fitted = du.fit(model, data, utilities)
    found = median(fitted.predict)
    print(f"\nevery equilibrium of all 418 games, s: {found:.3f} (R's predict: 3.8)")


def report_forecasts() -> None:
    """Print log scores out of sample, with the difference to the nested fit and its standard error by row."""
    data = pl.read_csv(REFERENCE / "sanctions/crises.csv")
    fold = folds_of(data.height, FOLDS)
    seen = data.select("sq", "cd", "sf", "bd").to_numpy().astype(float)
    foretold = {
        f"crisis-signaling, {m}": du.cross_validate(CrisisSignaling(m), data, SANCTIONS, folds=FOLDS).chances
        for m in ("pl", "npl", "cmle")
    }
    shares = [seen[fold != k].sum(axis=0) / seen[fold != k].sum() for k in fold]
    foretold["shares of the other rows"] = np.array(shares)
    if importlib.util.find_spec("sklearn") is None:
        print("\nscikit-learn is not here (extra test): its rivals are left out")
    else:
        foretold |= rivals(data, seen, fold)
    base = foretold["crisis-signaling, npl"]
    print(f"\nlog score in {FOLDS} folds, nats for each dyad-month\n{'':<40}{'score':>10}{'to npl':>11}{'error':>10}")
    for name, chances in foretold.items():
        apart = (seen * (np.log(chances) - np.log(base))).sum(axis=1)
        error = apart.std() * np.sqrt(len(apart)) / seen.sum()
        print(f"{name:<40}{score(chances, seen):>10.5f}{apart.sum() / seen.sum():>+11.5f}{error:>10.5f}")


def rivals(data: pl.DataFrame, seen: np.ndarray, fold: np.ndarray) -> dict[str, np.ndarray]:
    """Return what a multinomial logit and gradient boosting foretell from the same regressors."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x = data.select(
        pl.col("senderecondep", "targetecondep").sqrt(), "senderdemocracy", "contig", "ally", "lncaprat",
        "anticipatedsendercosts", "anticipatedtargetcosts", "targetdemocracy",
    ).to_numpy()  # fmt: skip
    logit = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=50, max_leaf_nodes=8, min_samples_leaf=20, random_state=0
    )
    found = {}
    for name, rival, weight in (
        ("multinomial logit", logit, "logisticregression__sample_weight"),
        ("gradient boosting", boosting, "sample_weight"),
    ):
        chances = np.empty_like(seen)
        for k in np.unique(fold):
            used = fold != k
            many, label = seen[used].ravel(), np.tile(np.arange(4), used.sum())
            kept = many > 0
            rival.fit(np.repeat(x[used], 4, axis=0)[kept], label[kept], **{weight: many[kept]})
            chances[~used] = rival.predict_proba(x[~used])
        found[name] = chances
    return found


def main() -> None:
    if not REFERENCE.is_dir():
        print(MISSING)
        return
    report_times()
    report_equilibria()
    report_forecasts()


if __name__ == "__main__":
    main()
