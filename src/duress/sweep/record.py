"""What a sweep found: one table with a row for each point, and how much each number matters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import polars as pl

from ..shown import html_table
from .design import Plan
from .point import FAILED, SOLVED, Row
from .sensitivity import Index, indices_of

_PARTS = 10
"""Parts of a number's range, of equally many points, between which variance is looked for."""


@dataclass(frozen=True)
class Outcome:
    """A column of words: what it is, how often it is what, and what it is as the scenario stands."""

    column: str
    words: str
    counts: dict[str, int]
    standing: str


@dataclass(frozen=True)
class Summary:
    """What a sweep comes to, for reports; fields as in `Sweep`."""

    title: str
    party: str
    sentence: str
    solved: int
    failed: int
    outcomes: tuple[Outcome, ...]
    measures: dict[str, str]
    indices: tuple[Index, ...]
    failures: dict[str, list[int]]
    command: str


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Parameters
    ----------
    scenario, title, party : str
    plan : Plan
        What was varied, and the points.
    frame : polars.DataFrame
        A row for each point, in order: ``point``; a column for each number, named by its field path; ``seed``;
        ``status`` ("solved" or "failed") and ``reason`` (why it failed); ``verdict``, ``margin`` and ``error`` in
        stakes; for each own type ``verdict[TYPE]``, ``best[TYPE]`` (the best reply), ``best value[TYPE]``,
        ``gain[TYPE]`` (the best acceptance against the best refusal) and ``value[TYPE][REPLY]`` in discounted stakes;
        ``claim[CLAIM]`` and ``claim margin[CLAIM]``; of the certificate ``residual``, ``deviation gain`` (what is not
        due to the precision) and ``grid error``; ``seconds``. What a failed point lacks is empty.
    standing : dict
        The same, from ``verdict`` on, with the scenario's own numbers.
    run : dict
        How to repeat it.
    """

    scenario: str
    title: str
    party: str
    plan: Plan
    frame: pl.DataFrame
    standing: Row
    run: dict[str, Any]

    @property
    def solved(self) -> pl.DataFrame:
        """The rows of the points that did not fail."""
        return self.frame.filter(pl.col("status") == SOLVED)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The columns that hold words: the verdict, the best reply of each type, each claim."""
        wanted = ("verdict", "best[", "claim[")
        return tuple(c for c in self.frame.columns if c == wanted[0] or c.startswith(wanted[1:]))

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that sensitivity is reported of: for each type the gain, and what the best reply is worth."""
        return tuple(c for c in self.frame.columns if c.startswith(("gain[", "best value[")))

    def in_words(self, column: str) -> str:
        """Return what an outcome or a measure is: "Accepting against refusing, if fragile"."""
        what, _, inside = column.removesuffix("]").partition("[")
        if what == "claim":
            return f"“{inside}”"
        words = {
            "verdict": f"Verdict for {self.party}",
            "best": f"Best reply of {self.party}",
            "gain": "Accepting against refusing",
            "best value": "Worth of the best reply",
        }
        return words[what] + (f", if {inside}" if inside else "")

    def summary(self) -> Summary:
        """Return what the table comes to."""
        solved = len(self.solved)
        outcomes = tuple(Outcome(c, self.in_words(c), self.counts(c), str(self.standing[c])) for c in self.outcomes)
        return Summary(
            title=self.title,
            party=self.party,
            sentence=self.plan.sentence,
            solved=solved,
            failed=len(self.frame) - solved,
            outcomes=outcomes,
            measures={measure: self.in_words(measure) for measure in self.measures},
            indices=self.indices,
            failures=self.failures(),
            command=str(self.run["command"]),
        )

    def counts(self, outcome: str) -> dict[str, int]:
        """Return word -> at how many points ``outcome`` is that, the most frequent first."""
        counted = self.solved[outcome].value_counts(sort=False).sort(["count", outcome], descending=[True, False])
        return dict(counted.iter_rows())

    def failures(self) -> dict[str, list[int]]:
        """Return reason -> the points that failed for it."""
        failed = self.frame.filter(pl.col("status") == FAILED)
        grouped = failed.group_by("reason", maintain_order=True).agg("point")
        return dict(grouped.iter_rows())

    @cached_property
    def indices(self) -> tuple[Index, ...]:
        """The Sobol indices of every measure and number; none for another design.

        Base rows with a point that failed are left out. The bootstrap of the intervals has a seed of its own.
        """
        if not self.plan.base:
            return ()
        found = []
        for measure in self.measures:
            values = self.frame[measure].to_numpy().reshape(self.plan.base, -1)
            whole = values[np.isfinite(values).all(axis=1)]
            found += indices_of(measure, self.plan.paths, self.plan.words, whole, seed=0)
        return tuple(found)

    def importance(self) -> dict[str, float]:
        """Return field path -> how much a number matters, the most important first: means over the measures.

        Of a Sobol design the total index; else the share of the variance that lies between parts of the number's range.
        """
        indices = self.indices
        shares = {path: 0.0 for path in self.plan.paths}
        if indices:
            for index in indices:
                shares[index.parameter] += index.total / len(self.measures)
        else:
            solved = self.solved
            for path in self.plan.paths:
                shares[path] = sum(_explained(solved[path], solved[m]) for m in self.measures) / len(self.measures)
        return dict(sorted(shares.items(), key=lambda entry: -entry[1]))

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`: what the table comes to, not its rows."""
        return {
            "scenario": self.scenario,
            "party": self.party,
            "design": self.plan.kind,
            "points": len(self.frame),
            "solved": len(self.solved),
            "numbers": [
                {"path": number.path, "words": words, "kind": number.kind, "numbers": number.numbers}
                for number, words in zip(self.plan.numbers, self.plan.words, strict=True)
            ],
            "standing": self.standing,
            "counts": {outcome: self.counts(outcome) for outcome in self.outcomes},
            "indices": [asdict(index) for index in self.indices],
            "failures": [{"reason": reason, "points": points} for reason, points in self.failures().items()],
            "run": self.run,
        }

    def _repr_html_(self) -> str:
        """Show in a notebook how often each verdict was reached."""
        rows = [[verdict, f"{count:,}"] for verdict, count in self.counts("verdict").items()]
        return (
            f"<p><b>{escape(self.title)}</b>, for {escape(self.party)}: {escape(self.plan.sentence)}</p>"
            + html_table(["verdict", "points"], rows)
            + f"<p>{len(self.frame) - len(self.solved):,} failed. A model, not a forecast.</p>"
        )


def _explained(number: pl.Series, measure: pl.Series) -> float:
    """Return the share of the variance of ``measure`` between parts of the range of ``number``, as many as values."""
    if len(number) < 2:
        return 0.0
    few = number.n_unique() <= _PARTS
    parts = number if few else ((number.rank("ordinal") - 1) * _PARTS // len(number)).cast(pl.Float64)
    within = (
        pl.DataFrame({"part": parts, "measure": measure})
        .group_by("part")
        .agg(pl.len().alias("count"), pl.col("measure").mean().alias("mean"))
    )
    spread, middle = float(measure.var(ddof=0) or 0.0), float(measure.mean() or 0.0)  # type: ignore[arg-type]
    between = float((within["count"] * (within["mean"] - middle) ** 2).sum()) / len(number)
    return between / spread if spread > 1e-24 else 0.0
