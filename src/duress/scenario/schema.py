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

from .claims import ClaimAsked

if TYPE_CHECKING:
    from .compile import Confrontation
    from .reading.variants import Written
    from .record import Record

PERIOD_MONTHS = {"day": 12 / 365.25, "week": 7 * 12 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0}
"""Periods a scenario may count in, each with its length in months."""

ASK = "ask first"
REPLIES = ("refuse", "refuse and raise", "accept and keep", "accept and drop", ASK)
"""Replies to an invitation, in the order reports show them. To ask first, a scenario must say for what."""

ABOUT = ("terms", "words")
"""What a table is for: terms can be signed there, or only words be exchanged."""

STALLING = ("allowed", "ruled out")
"""Whether the table may stay without an offer for a period."""

BY_LOT = "by lot"
PROPOSERS = ("alternates", "inviter", "invited", BY_LOT)
"""Who offers terms at the table; the name of a party is allowed too."""

AT_END = ("as it stands", "status quo", "open conflict")
"""What follows the last period; "demand of" a party is allowed too."""

DEMAND_OF = "demand of "
"""Begins the word for the end at which a party's demand is imposed."""

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
class AudienceCost:
    """What it costs a party, in stakes and once, to do what it said in public it would not.

    It has said so when it refused an invitation, or when it promised to press no further: by laying its levers down for
    talks, or easing them because it was asked to. Whoever does it all the same pays, and what was said is then spent.
    Terms put an end to both.

    Parameters
    ----------
    talks_after_refusal : float
        To invite, or to accept an invitation, after refusing one, >= 0.
    concession_after_refusal : float
        To concede after refusing an invitation, >= 0.
    raise_after_promise : float
        To raise a lever after promising to press no further, >= 0.
    forgotten : float
        Chance per period in [0, 1] that the public forgets what was said.
    """

    talks_after_refusal: float
    concession_after_refusal: float
    raise_after_promise: float
    forgotten: float


@dataclass(frozen=True)
class Sign:
    """Something the public may see in a period, and more often of one type than of another.

    Parameters
    ----------
    name : str
        What is seen, such as "unrest".
    chance : dict
        Type -> chance per period, in (0, 1).
    strained : dict
        The same while the party's stamina is below the threshold of its strain.
    """

    name: str
    chance: dict[str, float]
    strained: dict[str, float]


@dataclass(frozen=True)
class Government:
    """A change of government: the party's type is drawn anew, and everybody sees that it was.

    Parameters
    ----------
    chance : float
        Chance of a change in [0, 1]: per period, or on the date.
    period : int or None
        The date: after this period, counted from 1, and at no other time; None for any period.
    draws : dict
        Type -> probability that the next government is of that type; they add up to 1.
    """

    chance: float
    period: int | None
    draws: dict[str, float]


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
    audience_cost : AudienceCost
        Of doing what it said in public it would not; zeros by default.
    signs : tuple of Sign
        What the public may see of it; none by default.
    government : Government or None
        How its type may change; None if it does not.
    """

    name: str
    discount: float
    precision: float
    types: dict[str, PartyType]
    stamina: Stamina
    audience_cost: AudienceCost
    signs: tuple[Sign, ...] = ()
    government: Government | None = None


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
        Party -> the positions it will not sign, whatever the pressure (empty if none), in the order of ``positions``.
    crossing : dict
        Party -> position -> stakes it costs, once, to sign terms with that position or to concede it: a red line that
        can be crossed at a price. Positions without a price are left out.
    """

    name: str
    positions: tuple[str, ...]
    values: dict[str, dict[str, tuple[float, ...]]]
    red_line: dict[str, tuple[str, ...]]
    crossing: dict[str, dict[str, float]]

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
class Obligation:
    """A lever that is an obligation under an agreement already in force: raising it suspends the obligation.

    Parameters
    ----------
    of : str
        Name of the agreement.
    only_after : str
        The party whose breach comes first: before it the lever cannot be raised.
    breached : bool
        Whether that party is in breach at the first period.
    """

    of: str
    only_after: str
    breached: bool


@dataclass(frozen=True)
class Stock:
    """A capability that use builds up and idleness wears away, in [0, 1].

    Parameters
    ----------
    grows : tuple of float
        Per level, share of the full stock gained per period.
    decays : float
        Share of the full stock lost per period in which nothing grows, in [0, 1].
    weight : float
        Stakes per period that a full stock moves from the other party to the owner while no terms are in force.
    start : float
        At the first period, in [0, 1].
    steps : int
        Grid steps from 0 to 1, 1 to 50.
    """

    grows: tuple[float, ...]
    decays: float
    weight: float
    start: float
    steps: int


@dataclass(frozen=True)
class Norm:
    """A limit a party has set itself.

    Parameters
    ----------
    above : int
        Rank of the highest level within the limit.
    cost : float
        Stakes it costs the owner to go above it, once, the first time.
    """

    above: int
    cost: float


@dataclass(frozen=True)
class Adaptation:
    """How the other party learns to live with a lever.

    Parameters
    ----------
    rate : float
        Share of the full effect lost per period in force, and regained per period out of force, in [0, 1].
    floor : float
        Share of the effect that remains in the end, in [0, 1).
    benefit : float
        Stakes per period the other party gains once it has fully adapted.
    steps : int
        Grid steps of adaptation, 1 to 50.
    """

    rate: float
    floor: float
    benefit: float
    steps: int


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
    step, back : int
        Levels it can be raised and eased at once, 1 to ``len(levels) - 1``.
    lag : int
        Periods until a change of level takes effect: harm, drain, hazard and growth follow the level in force.
    ramp : int
        Levels by which the level in force may change per period; 0 for no limit.
    floor, ceiling : int
        Ranks between which the owner may move it.
    in_talks : int
        Rank to which it is brought down, if higher, when talks begin.
    start_up : float
        Stakes each raise costs the owner, once.
    irreversible : bool
        Whether it can never be eased, laid down or relieved.
    breaks : str
        Name of the agreement already in force that raising it is a breach of; empty for none.
    obligation : Obligation or None
        What it is an obligation under, and what must come before its suspension.
    stock : Stock or None
        A capability that its use builds up.
    norm : Norm or None
        A limit its owner has set itself.
    hazard : tuple of float
        Per level, chance of open conflict per period; empty for none.
    wears_off : Adaptation or None
        How the other party learns to live with it.
    """

    name: str
    by: str
    levels: tuple[str, ...]
    harm: tuple[float, ...]
    drain: tuple[float, ...]
    cost: tuple[float, ...]
    start: int
    step: int
    back: int
    floor: int
    ceiling: int
    in_talks: int
    lag: int = 0
    ramp: int = 0
    start_up: float = 0.0
    irreversible: bool = False
    breaks: str = ""
    obligation: Obligation | None = None
    stock: Stock | None = None
    norm: Norm | None = None
    hazard: tuple[float, ...] = ()
    wears_off: Adaptation | None = None


@dataclass(frozen=True)
class Bystander:
    """A third party that reacts by a stated rule and chance.

    Parameters
    ----------
    name : str
        As the file writes it.
    levels : tuple of str
        Two or more.
    start : int
        Rank in ``levels`` at the first period.
    up, down : float
        Chances per period to move to the next level up or down.
    shifts : dict
        Lever -> what each level of it in force adds to the chance of moving up, or, if negative, down.
    effect : dict
        Lever -> per level of the bystander, a factor for the lever's harm and drain.
    relief : dict
        Party -> per level of the bystander, stakes per period it gives that party.
    """

    name: str
    levels: tuple[str, ...]
    start: int
    up: float
    down: float
    shifts: dict[str, tuple[float, ...]]
    effect: dict[str, tuple[float, ...]]
    relief: dict[str, tuple[float, ...]]


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
        One of `PROPOSERS`, or a party. ``alternates`` starts with the inviter; ``by lot`` draws one of the two anew,
        with even chances, each time the table meets.
    about : str
        One of `ABOUT`. At a table for words each speaks in turn, in the order that ``proposer`` gives, and nothing can
        be signed.
    words : tuple of str
        What can be said at a table for words, 1 to 6 of them. What it means, the equilibrium tells.
    ask_first : dict
        Party -> lever of the other -> rank of the level it asks for before it talks. The other grants it, and talks
        begin with the levers there, or declines, and the invitation is off. Empty for a party that asks for nothing.
    """

    invite: tuple[str, ...]
    replies: tuple[str, ...]
    stalling: str
    proposer: str
    about: str
    words: tuple[str, ...]
    ask_first: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Agreement:
    """Where levers go while terms are in force, and on breach.

    Parameters
    ----------
    relief : dict
        Lever -> rank of its level while terms hold, for every lever; the last one, where relief comes in steps.
    steps : dict
        Lever -> ranks it goes through, falling, while terms are complied with; levers whose relief comes at once, when
        terms are signed, are left out. A lever that stands lower already stays where it is.
    step_takes : float
        Periods from one step of relief to the next on average, >= 1.
    snapback : dict
        Lever -> rank of the level it jumps to when its own owner goes back on the terms, for every lever. The
        other's levers stay where they are.
    ratchet : tuple of str
        Issues on which whoever goes back on terms keeps what the terms gave it: where it values the position signed
        more than the status quo, the issue stays there.
    given_back : float
        Chance per period in [0, 1] that what was kept so is undone.
    """

    relief: dict[str, int]
    steps: dict[str, tuple[int, ...]]
    step_takes: float
    snapback: dict[str, int]
    ratchet: tuple[str, ...]
    given_back: float


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
    bystanders : dict
        Name -> `Bystander`; may be empty.
    conflict : dict
        Party -> type -> stakes per period for ever once open conflict breaks out; empty where it cannot.
    at_end : str
        One of `AT_END`, or `DEMAND_OF` and a party: what holds for ever after the last period if no terms do.
    notes : tuple of str
        Remarks that are no faults.
    sources : dict
        Field path -> `Provenance`, for whatever in the file says where it comes from.
    defaults : frozenset of str
        Field paths that the file leaves open and a default filled.
    unsure : tuple of Unsure
        Numbers the analyst is not sure of, in the order of the file.
    claims : tuple of ClaimAsked
        Propositions to test, in the order of the file; none for the whole doctrine.
    record : Record or None
        How a dated record of real moves is read; None if it is not said.
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
    bystanders: dict[str, Bystander]
    conflict: dict[str, dict[str, float]]
    at_end: str
    notes: tuple[str, ...]
    sources: dict[str, Provenance]
    defaults: frozenset[str]
    unsure: tuple[Unsure, ...]
    claims: tuple[ClaimAsked, ...]
    record: Record | None
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
