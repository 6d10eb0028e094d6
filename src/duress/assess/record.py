"""What an assessment is: plain frozen records, labelled by party and type, that reports and pages read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from html import escape
from typing import Any

from ..shown import html_table
from ..solve.certificate import Certificate


@dataclass(frozen=True)
class LeverStanding:
    """A lever as it stands: its owner, its level, and all its levels from lowest to highest."""

    lever: str
    owner: str
    level: str
    rank: int
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Situation:
    """A public moment of the confrontation.

    ``stamina`` has an entry in [0, 1] for each party that can be exhausted; a party that cannot be is absent.
    """

    period: int
    date_words: str
    levers: tuple[LeverStanding, ...]
    stamina: dict[str, float]
    words: str


@dataclass(frozen=True)
class TermsAnswer:
    """One set of terms: a position per issue, its worth to each party and type, and who will not sign it.

    ``value`` is in stakes per period (party -> type -> flow); ``mean_value`` is the same averaged over the prior.
    ``blockers`` maps a party to the issues on which the terms cross its red line; ``signable`` is
    true without blockers.
    ``words`` says the positions that differ from the status quo. ``labels`` says
    what the terms are known for: "Nash", "demand of US", "status quo", "offered".
    """

    positions: dict[str, str]
    words: str
    value: dict[str, dict[str, float]]
    mean_value: dict[str, float]
    signable: bool
    blockers: dict[str, tuple[str, ...]]
    on_frontier: bool
    labels: tuple[str, ...]


@dataclass(frozen=True)
class AgendaAnswer:
    """What can be signed at all, and what it is measured against.

    ``walk_away`` (party -> type -> stakes per period) is the flow to each party at the pressure in force, with no deal.
    ``sentences`` say the same in words: what is signable, who blocks what.
    """

    issues: dict[str, tuple[str, ...]]
    terms: tuple[TermsAnswer, ...]
    walk_away: dict[str, dict[str, float]]
    sentences: tuple[str, ...]

    def mean_walk_away(self, prior: dict[str, dict[str, float]]) -> dict[str, float]:
        """Return what no deal is worth a period to each party, its types weighted by ``prior``, party -> type -> it."""
        return {p: sum(weights[k] * value for k, value in self.walk_away[p].items()) for p, weights in prior.items()}


@dataclass(frozen=True)
class Reply:
    """One available reply to the invitation, for the party assessed.

    Parameters
    ----------
    reply : str
        As the scenario words it, for example "refuse and raise suspended limits".
    family : str
        One of `duress.scenario.schema.REPLIES`.
    value : dict
        Own type -> expected discounted stakes from now on (a sum), if it replies so and plays on as in equilibrium.
    share : dict
        The same as the equivalent constant share of the stake per period, ``(1 - discount) * value``.
    probability : dict
        Own type -> equilibrium probability of this reply.
    outcomes : dict
        How it ends -> probability, the party's types weighted by what the public believes at the invitation.
    outcomes_by_type : dict
        Own type -> how it ends -> probability.
    outcome_error : float
        Largest Monte Carlo standard error of ``outcomes``.
    settled_after : float
        Mean number of periods until it is over, or terms are in force that last to the horizon.
    other_value : dict
        The other party's type -> what this reply is worth to it, in expected discounted stakes from now on.
    broken : dict
        The other party's type -> chance that it goes back on terms after this reply; absent where it was never dealt.
    paths : tuple of Path
        Pressure and stamina after this reply, the party's types weighted as in ``outcomes``.
    """

    reply: str
    family: str
    value: dict[str, float]
    share: dict[str, float]
    probability: dict[str, float]
    outcomes: dict[str, float]
    outcomes_by_type: dict[str, dict[str, float]]
    outcome_error: float
    settled_after: float
    other_value: dict[str, float]
    broken: dict[str, float]
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Path:
    """A quantity over time, its mean over simulated histories; ``kind`` and ``party`` as in `Fan`."""

    kind: str
    party: str
    periods: tuple[int, ...]
    mean: tuple[float, ...]


@dataclass(frozen=True)
class OtherMove:
    """One of the moves that the inviter had when it made the invitation; ``made`` is true of the invitation itself.

    ``value`` and ``probability`` map its types to what the move is worth, and to how often they make it.
    """

    move: str
    made: bool
    value: dict[str, float]
    probability: dict[str, float]


@dataclass(frozen=True)
class Invitation:
    """The invitation assessed, and what it reveals about the side that makes it.

    ``before`` and ``posterior`` map the inviter's types to the public belief before and after the invitation.
    ``found`` says in words how this moment was chosen. ``moves`` are the inviter's, when it could still do otherwise;
    ``error`` is that of what they are worth against one another, in stakes.
    """

    inviter: str
    invited: str
    state: str
    period: int
    before: dict[str, float]
    posterior: dict[str, float]
    found: str
    moves: tuple[OtherMove, ...]
    error: float


@dataclass(frozen=True)
class LeverCase:
    """The same invitation with the party's own levers at other levels.

    ``case`` is "none", "as they stand" or "more"; ``levels`` maps each own lever to its level.
    """

    case: str
    levels: dict[str, str]
    replies: tuple[Reply, ...]
    best: dict[str, str]


@dataclass(frozen=True)
class OtherEquilibrium:
    """The same invitation in an equilibrium found from another start; ``value`` is own type -> reply -> stakes.

    ``differs`` says whether a reply's value is further from that of the assessment than both errors together.
    """

    start: int
    verdict: str
    margin: float
    error: float
    value: dict[str, dict[str, float]]
    differs: bool


@dataclass(frozen=True)
class Flip:
    """The nearest value of one parameter at which the best reply of a type changes, everything else as it stands."""

    parameter: str
    type: str
    before: float | str
    after: float | str
    reply_before: str
    reply_after: str


@dataclass(frozen=True)
class ClaimFlip:
    """The nearest value found of one parameter at which a claim that holds fails, or the other way round.

    Everything else is as it stands. To become undecided is no flip.
    """

    parameter: str
    claim: str
    before: float
    after: float
    verdict_before: str
    verdict_after: str


@dataclass(frozen=True)
class Variation:
    """One number of the scenario at the ends of what it may be, the game solved anew at each.

    Parameters
    ----------
    parameter, words : str
        Field path, and what it is in words.
    before : float
        As the scenario has it.
    values : tuple of two float
        The lower and the upper end.
    gain_before : dict
        Own type -> what the best way of accepting is worth against the best refusal, in discounted stakes.
    gains : tuple of two dict
        The same at either end; empty where the game could not be judged, for the reason ``failed``.
    verdicts : tuple of two str
    failed : str
    effect : float
        The largest change of a gain, in stakes.
    """

    parameter: str
    words: str
    before: float
    values: tuple[float, float]
    gain_before: dict[str, float]
    gains: tuple[dict[str, float], dict[str, float]]
    verdicts: tuple[str, str]
    failed: str
    effect: float


@dataclass(frozen=True)
class VerdictMap:
    """The verdict over two numbers, named in words: ``verdicts`` has a row for each value of the first."""

    first: str
    second: str
    first_values: tuple[float, ...]
    second_values: tuple[float, ...]
    verdicts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Check:
    """The same invitation with one choice of the method changed; ``gain`` as in `Variation`."""

    what: str
    verdict: str
    margin: float
    gain: dict[str, float]
    failed: str


@dataclass(frozen=True)
class ClaimResult:
    """A proposition of the doctrine, tested.

    Parameters
    ----------
    claim, sentence : str
        The claim, and what the numbers say.
    verdict : str
        "holds", "fails" or "undecided".
    margin, error : float
        By how much the comparison favours the claim, and what it must exceed to count, both in ``unit``.
    unit : str
        Empty if the claim could not be put to the game; the sentence says why.
    compared : dict
        What is compared -> its number; two of them, or none.
    rule : str
        How the other side responds where a side's behaviour was restricted: "the other keeps its rule" or "both know";
        empty where none was.
    party : str
        Whose claim it is.
    """

    claim: str
    sentence: str
    verdict: str
    margin: float
    error: float
    unit: str
    compared: dict[str, float] = field(default_factory=dict)
    rule: str = ""
    party: str = ""


@dataclass(frozen=True)
class Doctrine:
    """Claims of one party put to one solved game, and what the other side would say instead.

    Parameters
    ----------
    period_word : str
    party, other : str
        Whose doctrine it is, and the party across the table.
    claims : tuple of ClaimResult
        In the order they were asked for; a claim tested under two rules has a result for each.
    unsolved : tuple of str
        Restrictions under which the game could not be solved again.
    run : dict
        How to repeat it.
    """

    scenario: str
    title: str
    period_word: str
    party: str
    other: str
    claims: tuple[ClaimResult, ...]
    unsolved: tuple[str, ...]
    certificate: CertificateRecord
    run: dict[str, Any]

    def _repr_html_(self) -> str:
        """Show the claims in a notebook."""
        rows = [
            [c.claim, c.rule, c.verdict, f"{c.margin:+.3g} ± {c.error:.2g} {c.unit}", c.sentence] for c in self.claims
        ]
        return (
            f"<p><b>{escape(self.title)}</b>: claims of {escape(self.party)}</p>"
            + html_table(["claim", "rule", "verdict", "margin", "in words"], rows)
            + f"<p>{escape(self.certificate.sentence)} A model, not a forecast.</p>"
        )

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Fan:
    """A quantity over time in simulated histories: quantiles by period.

    ``quantiles`` maps a probability ("0.05", "0.25", "0.5", "0.75", "0.95") to one number per period in ``periods``.
    ``kind`` is "pressure" (stakes per period of harm done to ``party``'s opponent) or "stamina" (of ``party``, 0 to 1).
    """

    kind: str
    party: str
    periods: tuple[int, ...]
    quantiles: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class CertificateRecord:
    """The certificate of the solution behind the answer, as in the design's contract, with one plain sentence."""

    residual: float
    unsolved: int
    deviation_gain: dict[str, dict[str, float]]
    deviation_gain_precision: dict[str, dict[str, float]]
    deviation_gain_numerical: dict[str, dict[str, float]]
    grid_error: float
    sentence: str

    @classmethod
    def of(cls, certificate: Certificate) -> CertificateRecord:
        """Return the record of a certificate."""
        return cls(
            residual=certificate.residual,
            unsolved=certificate.unsolved,
            deviation_gain=certificate.deviation_gain,
            deviation_gain_precision=certificate.deviation_gain_precision,
            deviation_gain_numerical=certificate.deviation_gain_numerical,
            grid_error=certificate.grid_error,
            sentence=certificate.sentence(),
        )


@dataclass(frozen=True)
class Assessment:
    """The answer to "what does each reply to this invitation lead to?" for one party.

    Parameters
    ----------
    verdict : str
        "harvest", "way out", "pays only with levers kept", "undecided", or "depends on type".
    verdict_by_type : dict
        The same for each type of the party.
    margin : float
        Stakes by which the verdict holds (smallest over types); ``error`` is the error of the numbers it is held
        against.
    price_of_dropping : dict
        Own type -> value of "accept and keep" minus "accept and drop", in discounted stakes.
    story : tuple
        The likeliest path from the start, in sentences.
    outcomes : tuple
        Every way a history can end, in the order reports show them.
    prior : dict
        Party -> type -> prior probability, for both parties.
    others : tuple
        The verdict from other starts, where they were asked for.
    checks : tuple
        The verdict under other choices of the method, where they were asked for.
    firm : bool or None
        Whether every one of ``checks`` and ``others`` gives the same verdict; None where none was asked for.
    variations : tuple
        What the scenario's uncertain numbers do, largest effect first, where that was asked for.
    map : VerdictMap or None
        The verdict over the two numbers that matter most, where it was asked for.
    run : dict
        How to repeat it: scenario, method, precision, beliefs, seed, histories, version, seconds.
    """

    scenario: str
    title: str
    summary: str
    period_word: str
    party: str
    other: str
    prior: dict[str, dict[str, float]]
    situation: Situation
    agenda: AgendaAnswer
    invitation: Invitation
    replies: tuple[Reply, ...]
    story: tuple[str, ...]
    outcomes: tuple[str, ...]
    price_of_dropping: dict[str, float]
    verdict: str
    verdict_by_type: dict[str, str]
    verdict_sentence: str
    margin: float
    error: float
    lever_cases: tuple[LeverCase, ...]
    flips: tuple[Flip, ...]
    claim_flips: tuple[ClaimFlip, ...]
    claims: tuple[ClaimResult, ...]
    fans: tuple[Fan, ...]
    assumptions: tuple[dict[str, str], ...]
    certificate: CertificateRecord
    others: tuple[OtherEquilibrium, ...]
    checks: tuple[Check, ...]
    firm: bool | None
    variations: tuple[Variation, ...]
    map: VerdictMap | None
    run: dict[str, Any]

    def _repr_html_(self) -> str:
        """Show the answer in a notebook: the verdict, and what each reply is worth."""
        kinds = list(self.prior[self.party])
        rows = [[r.reply, *(f"{r.value[k]:+.2f}" for k in kinds), f"{r.settled_after:.0f}"] for r in self.replies]
        head = ["reply", *(f"worth if {k}" if len(kinds) > 1 else "worth" for k in kinds)]
        return (
            f"<p><b>{escape(self.title)}</b>: {escape(self.verdict_sentence)}</p>"
            + html_table([*head, f"settled after, {self.period_word}s"], rows)
            + f"<p>{escape(self.certificate.sentence)} A model, not a forecast.</p>"
        )

    def as_json(self) -> dict[str, Any]:
        """Return nested dictionaries and lists for `json.dumps`; a flip goes ``from`` one value ``to`` another."""
        record = dataclasses.asdict(self)
        record["flips"] = [
            {{"before": "from", "after": "to"}.get(key, key): value for key, value in flip.items()}
            for flip in record["flips"]
        ]
        return record
