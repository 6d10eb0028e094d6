"""What a scenario is, with every default resolved: frozen records that the compiler, the reports and the page read.

Units, once for all fields: time in periods (`Scenario.period`), values in stakes (holding everything in dispute for one
period is worth 1 to a party), flows in stakes per period, stamina in [0, 1] with 1 fresh and 0 collapsed.

Dictionaries keep the order of the file and are not to be altered; `dataclasses.replace` makes a changed copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .compile import Confrontation
    from .reading.variants import Written

PERIOD_MONTHS = {"day": 12 / 365.25, "week": 7 * 12 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0}
"""Periods a scenario may count in, each with its length in months."""

REPLIES = ("refuse", "refuse and raise", "accept and keep", "accept and drop")
"""Replies to an invitation, in the order reports show them."""

STALLING = ("allowed", "ruled out")
"""Whether the table may stay without an offer for a period."""

PROPOSERS = ("alternates", "inviter", "invited")
"""Who offers terms at the table; the name of a party is allowed too."""

AT_ZERO = ("concede",)
"""What happens to a party whose stamina is gone: the other's demand is imposed."""

_RAREST = 1e-12
"""Chance beyond which the tail of a normal distribution is not followed."""

Terms = dict[str, str]
"""One position per issue: issue -> position."""


@dataclass(frozen=True)
class PartyType:
    """What a party may privately be, for example fragile or resolute, sincere or tactical.

    Parameters
    ----------
    name : str
        Word for the type.
    prior : float
        Probability in (0, 1] that the party is of this type, as the public sees it at the start.
    bears : float
        Every harm counts that many times, >= 0.
    breach_cost : float
        Stakes it costs this type, once, to go back on terms in force, >= 0.
    """

    name: str
    prior: float
    bears: float
    breach_cost: float


@dataclass(frozen=True)
class Stamina:
    """What a party has left to endure with. It moves only if a lever of the other party drains it.

    Parameters
    ----------
    start : float
        At the first period, in [0, 1].
    steps : int
        Grid steps from 0 to 1 in the compiled game, 1 to 50.
    recovers : float
        Regained per period in which nothing drains it, in [0, 1].
    strained_below : float
        Stamina in [0, 1] below which ``strain`` is paid.
    strain : float
        Extra cost, stakes per period, >= 0.
    at_zero : str
        One of `AT_ZERO`.
    """

    start: float
    steps: int
    recovers: float
    strained_below: float
    strain: float
    at_zero: str


@dataclass(frozen=True)
class Party:
    """One of the two sides.

    Parameters
    ----------
    name : str
        As the file writes it.
    discount : float
        Weight of the next period against this one, in (0, 1).
    precision : float
        How sharply it responds to differences of discounted stakes (logit), in (0, 10000].
    types : dict
        Type -> `PartyType`, 1 to 4 of them, in the order of the file; the priors add up to 1.
    stamina : Stamina
        Always present; whether it matters depends on the other's levers.
    """

    name: str
    discount: float
    precision: float
    types: dict[str, PartyType]
    stamina: Stamina


@dataclass(frozen=True)
class Issue:
    """Something in dispute and where it may settle.

    Parameters
    ----------
    name : str
        As the file writes it.
    positions : tuple of str
        Two or more, in the order of the file.
    values : dict
        Party -> type -> one number in [0, 1] per position: stakes per period while the issue stands there.
    red_line : dict
        Party -> the positions it will not sign (empty if none), in the order of ``positions``.
    """

    name: str
    positions: tuple[str, ...]
    values: dict[str, dict[str, tuple[float, ...]]]
    red_line: dict[str, tuple[str, ...]]

    def mean_values(self, party: Party) -> tuple[float, ...]:
        """Return the value of each position to ``party``, averaged over the priors of its types."""
        by_type = self.values[party.name]
        return tuple(
            sum(kind.prior * by_type[name][rank] for name, kind in party.types.items())
            for rank in range(len(self.positions))
        )

    def best(self, party: Party) -> tuple[str, ...]:
        """Return the positions ``party`` values most on average; several if they tie."""
        means = self.mean_values(party)
        return tuple(
            position for position, mean in zip(self.positions, means, strict=True) if mean >= max(means) - 1e-12
        )


@dataclass(frozen=True)
class Lever:
    """An instrument of pressure of one party on the other.

    Parameters
    ----------
    name : str
        As the file writes it.
    by : str
        The party that holds it.
    levels : tuple of str
        Two or more, lowest first.
    harm : tuple of float
        Per level, stakes per period to the other party, before its type's ``bears``.
    drain : tuple of float
        Per level, stamina per period taken from the other party, each in [0, 1].
    cost : tuple of float
        Per level, stakes per period to the owner.
    start : int
        Rank in ``levels`` at the first period.
    step : int
        Levels it can move at once, 1 to ``len(levels) - 1``.
    """

    name: str
    by: str
    levels: tuple[str, ...]
    harm: tuple[float, ...]
    drain: tuple[float, ...]
    cost: tuple[float, ...]
    start: int
    step: int


@dataclass(frozen=True)
class Talks:
    """Who may invite, how one may reply, and how the table works.

    Parameters
    ----------
    invite : tuple of str
        Parties that may invite the other; may be empty.
    replies : tuple of str
        Subset of `REPLIES`, in that order.
    stalling : str
        One of `STALLING`.
    proposer : str
        One of `PROPOSERS`, or a party. ``alternates`` starts with the inviter.
    """

    invite: tuple[str, ...]
    replies: tuple[str, ...]
    stalling: str
    proposer: str


@dataclass(frozen=True)
class Agreement:
    """Where levers go while terms are in force, and on breach.

    Parameters
    ----------
    relief : dict
        Lever -> rank of its level while terms hold, for every lever.
    snapback : dict
        Lever -> rank of the level it jumps to when its own owner goes back on the terms, for every lever. The
        other's levers stay at their relief level.
    """

    relief: dict[str, int]
    snapback: dict[str, int]


@dataclass(frozen=True)
class Unsure:
    """A number the analyst is not sure of, and the values it may have.

    Parameters
    ----------
    path : str
        Field path.
    kind : str
        "between" (evenly, from the first of ``numbers`` to the second), "normal" (mean and standard deviation; what the
        field does not allow is cut off) or "one of" (equally likely).
    numbers : tuple of float
    low, high : float
        The least and the greatest value the field allows.
    whole : bool
        Whether the field takes whole numbers only.
    """

    path: str
    kind: str
    numbers: tuple[float, ...]
    low: float
    high: float
    whole: bool

    def at(self, share: float) -> float:
        """Return the value below which this share, from 0 to 1, of the possible values lies.

        Examples
        --------
        >>> Unsure("horizon", "between", (12, 24), 1, 600, True).at(0.5)
        18
        """
        if self.kind == "one of":
            return self.numbers[min(int(share * len(self.numbers)), len(self.numbers) - 1)]
        if self.kind == "between":
            value = self.numbers[0] + share * (self.numbers[1] - self.numbers[0])
        else:
            normal = NormalDist(*self.numbers)
            below, above = normal.cdf(self.low), normal.cdf(self.high)
            chance = min(max(below + share * (above - below), _RAREST), 1 - _RAREST)
            value = min(max(normal.inv_cdf(chance), self.low), self.high)
        return round(value) if self.whole else value


@dataclass(frozen=True)
class Provenance:
    """Where a number or a part comes from, in the words of the file; empty if not said."""

    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Scenario:
    """A confrontation as an analyst wrote it, with every default filled in.

    Parameters
    ----------
    name : str
        Name of the bundled scenario, or the file's stem.
    title, summary : str
        For people.
    period : str
        Unit of every rate, a key of `PERIOD_MONTHS`.
    horizon : int
        Periods, 1 to 600.
    order : tuple of str
        Who moves first and second within a period.
    parties : dict
        Name -> `Party`, exactly two.
    issues : dict
        Name -> `Issue`, at least one.
    levers : dict
        Name -> `Lever`; may be empty.
    talks : Talks
        How an invitation is made and answered.
    agreement : Agreement
        What terms do to the levers.
    demand : dict
        Party -> issue -> position: what it asks for, signable or not; complete.
    status_quo : dict
        Issue -> position while nothing is signed; complete.
    menu : int
        Terms offered at the table besides the demand, 1 to 12.
    notes : tuple of str
        Remarks that are no faults.
    sources : dict
        Field path -> `Provenance`, for whatever in the file says where it comes from.
    defaults : frozenset of str
        Field paths that the file leaves open and a default filled.
    unsure : tuple of Unsure
        Numbers the analyst is not sure of, in the order of the file.
    numbers : dict
        Field path -> value, of every number that `with_values` can change: those of the file, and single ones that a
        default fills.
    bases : tuple of str
        The scenarios it starts from, the nearest first.
    digest : str
        SHA-256 of the content as written, comments and layout aside.
    path : str or None
        File it was read from; None for a bundled one or one read from text.
    written : Written
        The content itself.
    """

    name: str
    title: str
    summary: str
    period: str
    horizon: int
    order: tuple[str, str]
    parties: dict[str, Party]
    issues: dict[str, Issue]
    levers: dict[str, Lever]
    talks: Talks
    agreement: Agreement
    demand: dict[str, Terms]
    status_quo: Terms
    menu: int
    notes: tuple[str, ...]
    sources: dict[str, Provenance]
    defaults: frozenset[str]
    unsure: tuple[Unsure, ...]
    numbers: dict[str, float]
    bases: tuple[str, ...]
    digest: str
    path: str | None
    written: Written = field(repr=False)

    def other(self, party: str) -> str:
        """Return the party across the table from ``party``."""
        first, second = self.parties
        return second if party == first else first

    def levers_of(self, party: str) -> tuple[Lever, ...]:
        """Return the levers ``party`` holds, in the order of the file."""
        return tuple(lever for lever in self.levers.values() if lever.by == party)

    def drained(self, party: str) -> bool:
        """Whether some lever of the other party drains the stamina of ``party``."""
        return any(any(lever.drain) for lever in self.levers_of(self.other(party)))

    def with_values(self, values: Mapping[str, float]) -> Scenario:
        """Return the scenario with other numbers, checked as if they had been written so.

        Parameters
        ----------
        values : mapping
            Field path -> number, for example ``levers.sanctions.harm[2]``. Where the prior of a type is changed, the
            priors of the party's other types keep their proportions and again add up to 1.

        Raises
        ------
        InputError
            If a path is not that of a number, or the changed scenario has faults; all of them.

        Examples
        --------
        >>> import duress as du
        >>> crisis = du.load("sanctions-crisis")
        >>> crisis.with_values({"levers.sanctions.harm[2]": 0.6}).levers["sanctions"].harm
        (0.0, 0.2, 0.6)
        """
        from .reading.whole import with_values

        return with_values(self, values)

    def compile(self) -> Confrontation:
        """Return the game this scenario describes, ready to be solved.

        Raises
        ------
        InputError
            If it has too many states; the sentence says what makes it large.
        """
        from .compile import compile_scenario  # compiling needs NumPy, reading a scenario does not

        return compile_scenario(self)
