"""How sharply people respond, estimated from games that were played.

A person is taken to choose as in a logit equilibrium, with chance proportional to exp(λ q) of a move worth q stakes to
its true type, where q is what the solved game says at the table's own precision: the game is not solved anew at λ. The
log-likelihood is concave in λ, so there is one estimate, and its interval is where it falls by `DROP`. Moves made after
going back are left out: whoever makes them knows more than the game allows.

References
----------
McKelvey, R. & Palfrey, T. (1995). Quantal response equilibria for normal form games. Games and Economic Behavior 10(1).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from scipy.optimize import root_scalar
from scipy.special import logsumexp

from ..errors import Fault, InputError
from ..report import words
from ..report.page import Page
from ..report.reading import MODEL_LINE, clean
from ..scenario.schema import Scenario
from ..simulate.calibrate import DROP
from .prospects import SMALL
from .table import HUMAN

if TYPE_CHECKING:
    import polars

MOST = 10_000.0
"""The highest precision looked at, as high as a scenario may have."""

_MANY = 1_000
"""Times as often, beyond which they are not counted."""

_COLUMNS = ("game", "scenario", "digest", "party", "player", "chosen", "worth", "precision", "what_if")


@dataclass(frozen=True)
class Sharpness:
    """How sharply people responded as one party, or as either.

    Parameters
    ----------
    party : str
        Empty for both together.
    games, moves : int
    value : float
        The precision with the greatest likelihood, per stake; 0 is choosing at random.
    interval : tuple of (float or None)
        Where the log-likelihood falls by `DROP`, 95 % for many moves; None where it does not between 0 and `MOST`.
    table : float
        The precision the game was solved at, the mean over moves.
    log_likelihood, at_table, at_random : float
        In nats over all moves: at the estimate, had they responded as in equilibrium, and had each move been as likely.
    best : float
        Share of moves that were the best there was, or worth as much to the digits shown.
    """

    party: str
    games: int
    moves: int
    value: float
    interval: tuple[float | None, float | None]
    table: float
    log_likelihood: float
    at_table: float
    at_random: float
    best: float


@dataclass(frozen=True)
class Played:
    """Precision of people estimated from games of one scenario; ``left_out`` moves were made after going back."""

    scenario: str
    title: str
    sharpness: tuple[Sharpness, ...]
    left_out: int

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class _Choices:
    """Choices of people: worth of each move, shape (choices, most moves), -inf where there is none; what was chosen."""

    worth: np.ndarray
    chosen: np.ndarray

    def log_likelihood(self, precision: float | np.ndarray) -> float:
        bent = np.where(np.isfinite(self.worth), np.reshape(precision, (-1, 1)) * self._finite, -np.inf)
        return float((self._picked(bent) - logsumexp(bent, axis=1)).sum())

    def slope(self, precision: float) -> float:
        """Return the derivative of the log-likelihood: what was chosen was worth, less what is expected."""
        bent = np.where(np.isfinite(self.worth), precision * self._finite, -np.inf)
        chances = np.exp(bent - logsumexp(bent, axis=1, keepdims=True))
        return float((self._picked(self._finite) - (chances * self._finite).sum(axis=1)).sum())

    @property
    def lost(self) -> np.ndarray:
        """What each choice was worth less than the best there was, shape (choices,)."""
        return self.worth.max(axis=1) - self._picked(self.worth)

    @property
    def _finite(self) -> np.ndarray:
        return np.where(np.isfinite(self.worth), self.worth, 0.0)

    def _picked(self, values: np.ndarray) -> np.ndarray:
        return values[np.arange(len(self.chosen)), self.chosen]


def precision_of_people(scenario: Scenario, files: Sequence[str | Path]) -> Played:
    """Estimate how sharply people responded in games of ``scenario``.

    Parameters
    ----------
    scenario : Scenario
        Games of this very version count, and no others.
    files : sequence of path
        As ``duress export games`` writes them.

    Raises
    ------
    InputError
        If a file cannot be read, or holds no move of a person in this scenario.
    """
    import polars as pl

    # The number of a game is one within its own file.
    parts = [_read(path).with_columns(game=pl.lit(n * 2**40) + pl.col("game")) for n, path in enumerate(files)]
    table = pl.concat(parts, how="vertical_relaxed")
    people = table.filter(pl.col("player") == HUMAN)
    ours = people.filter(pl.col("digest") == scenario.digest)
    if ours.is_empty():
        held = sorted(set(people["scenario"].to_list()))
        also = ", in another version," if scenario.name in held else ""
        raise InputError(
            Fault("games", f"hold no move of a person in {scenario.name!r} as it is{also}; "
                  f"they hold moves in {', '.join(map(repr, held)) or 'nothing'}")
        )  # fmt: skip
    counted = ours.filter(~pl.col("what_if"))
    if counted.is_empty():
        raise InputError(Fault("games", "hold only moves made after going back, which say nothing of a first choice"))
    parties = [party for party in scenario.parties if (counted["party"] == party).any()]
    found = [_sharpness(party, counted.filter(pl.col("party") == party)) for party in parties]
    if len(found) > 1:
        found.append(_sharpness("", counted))
    return Played(scenario.name, scenario.title, tuple(found), len(ours) - len(counted))


def _read(path: str | Path) -> polars.DataFrame:
    import polars as pl

    try:
        table = pl.read_parquet(path)
    except FileNotFoundError:
        raise InputError(Fault("games", f"there is no file {str(path)!r}")) from None
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(Fault("games", f"{str(path)!r} cannot be read as Parquet: {reason}")) from None
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise InputError(Fault("games", f"{str(path)!r} lacks {', '.join(missing)}; `duress export games` writes them"))
    return table.select(_COLUMNS)


def _sharpness(party: str, rows: polars.DataFrame) -> Sharpness:
    worth = rows["worth"].to_list()
    most = max(map(len, worth))
    padded = np.array([[*row, *[-np.inf] * (most - len(row))] for row in worth])
    choices = _Choices(padded, rows["chosen"].to_numpy())
    value = _greatest(choices)
    top = choices.log_likelihood(value)
    return Sharpness(
        party=party,
        games=rows["game"].n_unique(),
        moves=len(rows),
        value=value,
        interval=(_fallen(choices, value, top, 0.0), _fallen(choices, value, top, MOST)),
        table=float(rows["precision"].to_numpy().mean()),
        log_likelihood=top,
        at_table=choices.log_likelihood(rows["precision"].to_numpy()),
        at_random=choices.log_likelihood(0.0),
        best=float((choices.lost < SMALL).mean()),
    )


def _greatest(choices: _Choices) -> float:
    """Return where the log-likelihood, which is concave, is greatest between 0 and `MOST`."""
    if choices.slope(0.0) <= 0.0:
        return 0.0
    if choices.slope(MOST) >= 0.0:
        return MOST
    return float(root_scalar(choices.slope, bracket=(0.0, MOST), xtol=1e-9).root)


def _fallen(choices: _Choices, value: float, top: float, end: float) -> float | None:
    """Return where between the estimate and ``end`` the log-likelihood has fallen by `DROP`; None if nowhere."""

    def above(precision: float) -> float:
        return choices.log_likelihood(precision) - (top - DROP)

    if above(end) > 0.0:
        return None
    return float(root_scalar(above, bracket=sorted((value, end)), xtol=1e-9).root)


def print_played(answer: Played, console: Console) -> None:
    """Print the estimates with their intervals, and what they say; lines are at most 80 columns."""
    page, shown = Page(console), clean(answer)
    whole = max(shown.sharpness, key=lambda one: one.moves)
    many = f"{words.counted(whole.moves, 'move')} of people in {words.counted(whole.games, 'game')}"
    page.say(f"{shown.title}: how sharply people respond, from {many}", "bold", indent=0)
    page.say(
        f"{MODEL_LINE}. Maximum likelihood of a logit response to what each move was worth in the solved game; the "
        f"interval is where the log-likelihood falls by {DROP:.2f}.",
        "dim",
        indent=0,
    )
    page.head("Precision, per stake")
    rows = [
        [one.party or "both", str(one.moves), words.number(one.table), words.number(one.value), _interval(one)]
        for one in shown.sharpness
    ]
    columns = [("people as", 0), ("moves", 6), ("table", 9), ("estimate", 9), ("95 % interval", 22)]
    page.table(columns, rows)
    page.say(
        f"At {words.number(whole.value)} a move worth a stake more than another is made {_odds(whole.value)} as often."
    )
    for one in shown.sharpness:
        page.say(_verdict(one))
    if shown.left_out:
        page.say(f"{words.counted(shown.left_out, 'move')} made after going back: left out.", "dim")


def _interval(one: Sharpness) -> str:
    low, high = one.interval
    return f"{words.number(low or 0.0)} to {f'above {MOST:g}' if high is None else words.number(high)}"


def _odds(precision: float) -> str:
    """Return how many times as often a move worth a stake more is made."""
    many = math.exp(min(precision, math.log(_MANY)))
    return f"{words.number(many, 1)} times" if many < _MANY else f"more than {_MANY:,} times"


def _verdict(one: Sharpness) -> str:
    low, high = one.interval
    who = f"People as {one.party}" if one.party else "People in all"
    if high is not None and high < one.table:
        said = "responded less sharply than in the equilibrium they played"
    elif low is not None and low > one.table:
        said = "responded more sharply than in the equilibrium they played"
    else:
        said = "cannot be told from the equilibrium they played"
    fits = ", ".join(
        f"{words.signed(value / one.moves)} {how}"
        for value, how in (
            (one.log_likelihood, "at the estimate"),
            (one.at_table, "as in equilibrium"),
            (one.at_random, "at random"),
        )
    )
    best = f"{words.percent(one.best)} of their moves were the best there was"
    return f"{who} {said}; {best}. Log-likelihood per move: {fits}."
