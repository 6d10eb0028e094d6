"""What both reports say about an assessment beyond what it holds as it is: the numbers behind the verdict, in words."""

from __future__ import annotations

import dataclasses
import shlex
from dataclasses import dataclass
from typing import Any

from duress.assess.record import AgendaAnswer, Assessment, ClaimFlip, ClaimResult, OtherMove, Reply
from duress.figures.text import printable
from duress.report import words

MODEL_LINE = "A model, not a forecast"
UNDECIDED = "undecided"


@dataclass(frozen=True)
class KeyNumber:
    """One of the three numbers a verdict rests on: the worth of a kind of reply, by type of the party.

    ``value`` is type -> discounted stakes and ``reply`` is type -> the reply meant; both are empty if there is none.
    """

    name: str
    value: dict[str, float]
    reply: dict[str, str]


def clean(part: Any) -> Any:
    """Return an answer, or a part of one, with every text on one line and free of control characters."""
    if isinstance(part, str):
        return " ".join(printable(part).split())
    if isinstance(part, dict):
        return {clean(key): clean(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return type(part)(clean(value) for value in part)
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        named = {field.name: clean(getattr(part, field.name)) for field in dataclasses.fields(part)}
        return dataclasses.replace(part, **named)
    return part


def margin_of(claim: ClaimResult) -> str:
    """Return by how much a claim is favoured, in brackets; nothing if it could not be put to the game."""
    if not claim.unit:
        return ""
    return f" ({words.signed(claim.margin)} ± {words.number(claim.error)} {claim.unit})"


def own_types(assessment: Assessment) -> list[str]:
    """Return the types of the party assessed, in the scenario's order."""
    return list(assessment.prior[assessment.party])


def moment(assessment: Assessment) -> str:
    """Return when the invitation comes, as the scenario counts."""
    now = assessment.situation
    return now.date_words or f"{assessment.period_word} {now.period}"


def question(assessment: Assessment) -> str:
    """Return the question the report answers, neutral between the parties."""
    invitation = assessment.invitation
    return f"{invitation.inviter} invites {invitation.invited} to talk: a way out, or the harvest of the pressure?"


def best(replies: tuple[Reply, ...], kind: str, families: tuple[str, ...]) -> Reply | None:
    """Return the reply of ``families`` worth most to type ``kind``; nothing if none is open."""
    fitting = [reply for reply in replies if reply.family in families]
    return max(fitting, key=lambda reply: reply.value[kind]) if fitting else None


def three_numbers(assessment: Assessment) -> tuple[KeyNumber, ...]:
    """Return what the verdict compares: the best refusal, accepting with levers kept, and with levers dropped."""
    wanted = (
        ("The best refusal", ("refuse", "refuse and raise")),
        ("Accept, keep levers", ("accept and keep",)),
        ("Accept, drop levers", ("accept and drop",)),
    )
    numbers = []
    for name, families in wanted:
        chosen = {kind: best(assessment.replies, kind, families) for kind in own_types(assessment)}
        open_to = {kind: reply for kind, reply in chosen.items() if reply is not None}
        numbers.append(
            KeyNumber(
                name=name,
                value={kind: reply.value[kind] for kind, reply in open_to.items()},
                reply={kind: reply.reply for kind, reply in open_to.items()},
            )
        )
    return tuple(numbers)


def headline(assessment: Assessment) -> str:
    """Return the verdict with the margin it holds by; being undecided is not a thing that holds."""
    if assessment.verdict == UNDECIDED or assessment.margin <= assessment.error:
        return assessment.verdict
    return f"{assessment.verdict}, by {words.stakes(assessment.margin, sign=False)}"


def in_scale(assessment: Assessment) -> str:
    """Return one of the values in a form that can be pictured: as a part of the stake in every period."""
    kind = own_types(assessment)[0]
    reply = max(assessment.replies, key=lambda r: r.value[kind])
    share = reply.share[kind]
    verb = "holding" if share >= 0 else "giving up"
    return (
        f"For scale: {words.signed(reply.value[kind])} is worth as much as {verb} {words.percent(abs(share))} of "
        f"everything in dispute in every {assessment.period_word} to come."
    )


FEW_JUMPS = 5e-4
"""Share of stages at which the equilibrium that was followed may end before it is said that it did.

Of the bundled cases, at precisions 1 to 20, those with less moved by at most 0.00001 stakes when precision was raised
by a billionth; those with more moved by 0.02 to 40 stakes at the start, whatever the branch.
"""


def sureness(assessment: Assessment) -> str:
    """Return how far the verdict can be trusted, from its margin, the error of the numbers and the certificate."""
    margin, error = assessment.margin, assessment.error
    if assessment.verdict == UNDECIDED:
        sentence = (
            f"The replies lie too close together for a verdict: the nearest is missed by "
            f"{words.stakes(margin, sign=False)}, with an error of the numbers of {words.number(error)}."
        )
    elif margin > error:
        ratio = f", {words.times(margin / error)} the error of the numbers ({words.number(error)})" if error > 0 else ""
        sentence = f"The verdict holds by {words.stakes(margin, sign=False)}{ratio}."
    else:
        sentence = (
            f"The margin, {words.stakes(margin, sign=False)}, is within the error of the numbers "
            f"({words.number(error)}): they do not settle it."
        )
    unsolved, run = assessment.certificate.unsolved, assessment.run
    if unsolved:
        stages = words.counted(unsolved, "stage")
        return f"{stages} of the game could not be solved: do not rely on this answer. {sentence}"
    solved = [
        sentence,
        "Every stage of the game was solved and checked.",
        followed(run.get("jumps", 0), run.get("stages", 0)),
    ]
    more = [elsewhere(assessment) if assessment.others else "", firmness(assessment)]
    # Found by going back in time, it is one of several equilibria perhaps, singled out by the method alone.
    if not any(more) and run.get("branch") == "in time":
        more = ["There may be other equilibria, where the answer differs: --starts 3 looks for them."]
    return " ".join(part for part in (*solved, *more) if part)


def followed(jumps: int, stages: int) -> str:
    """Return at how many stages the equilibrium that was followed ended; nothing if at next to none."""
    if jumps <= FEW_JUMPS * stages:
        return ""
    return (
        f"At {jumps:,} of {stages:,} stages the equilibrium that was followed ended; which one was "
        "followed from there may hang on rounding, and the verdict with it."
    )


def firmness(assessment: Assessment) -> str:
    """Return whether the verdict survives other choices of the method; nothing where that was not asked for."""
    if not assessment.checks:
        return ""
    failed = [f"with {check.what} the game is not solved" for check in assessment.checks if check.failed]
    other = [
        f"with {check.what} it is {check.verdict}"
        for check in assessment.checks
        if not check.failed and check.verdict != assessment.verdict
    ]
    if failed or other:
        return f"The verdict is not firm: {words.listed(other + failed)}."
    return f"The verdict is firm: it is the same with {words.listed(check.what for check in assessment.checks)}."


def elsewhere(assessment: Assessment) -> str:
    """Return what other starts led to, and whether the verdict is another one there."""
    tried = words.counted(len(assessment.others), "other start")
    different = sum(e.differs for e in assessment.others)
    if different:
        found = f"{tried} led to {words.counted(different, 'equilibrium', 'equilibria')} with other values"
    else:
        found = f"{tried} led to the same values, within the errors of the numbers"
    verdicts = [e.verdict for e in assessment.others if e.verdict != assessment.verdict]
    if not verdicts:
        return f"{found}, and to the same verdict."
    told = ", ".join(f"{v} ({verdicts.count(v)} of {len(assessment.others)})" for v in dict.fromkeys(verdicts))
    return f"{found}. Take care: the verdict there is also {told}."


def term_rows(agenda: AgendaAnswer, prior: dict[str, dict[str, float]]) -> list[list[str]]:
    """Return the terms that have a name or lie on the table, and no deal: names, words, worth a period to each."""
    rows = [
        [
            ", ".join(terms.labels) + ("" if terms.signable else " (cannot be signed)"),
            terms.words,
            *(words.number(terms.mean_value[party]) for party in prior),
        ]
        for terms in agenda.terms
        if terms.labels
    ]
    away = agenda.mean_walk_away(prior).values()
    return [*rows, ["no deal", "the pressure in force goes on", *map(words.number, away)]]


def term_unit(period_word: str) -> str:
    """Return what terms are worth in."""
    return f"(worth in stakes per {period_word}, averaged over types)"


def further_terms(assessment: Assessment) -> str:
    """Return how many efficient sets of terms have no name and are not offered; nothing if there is none."""
    others = sum(terms.on_frontier and not terms.labels for terms in assessment.agenda.terms)
    if not others:
        return ""
    many = words.counted(others, "further efficient set of terms is", "further efficient sets of terms are")
    return f"({many} not offered at the table: duress agenda lists all that are efficient)"


def revealed(assessment: Assessment) -> str:
    """Return what the invitation says about the side that makes it."""
    invitation = assessment.invitation
    if len(invitation.before) < 2:
        return f"{invitation.inviter} is of one known type, so its invitation can reveal nothing about it."
    kind = max(invitation.before, key=lambda k: invitation.posterior[k] - invitation.before[k])
    before, after = invitation.before[kind], invitation.posterior[kind]
    if after - before < 0.01:
        return (
            f"The invitation reveals next to nothing: {invitation.inviter} is as likely to be {kind} as before "
            f"({words.percent(after)})."
        )
    much = "a little " if after - before < 0.05 else ""
    return (
        f"The invitation makes it {much}likelier that {invitation.inviter} is {kind}: "
        f"{words.percent(after)} after it, {words.percent(before)} before."
    )


def broken(assessment: Assessment) -> str:
    """Return how often each type of the other side goes back on terms after each way of accepting."""
    parts = []
    for reply in assessment.replies:
        if reply.family.startswith("accept") and reply.broken:
            several = len(assessment.prior[assessment.other]) > 1
            told = words.listed(
                f"{words.percent(share)}{f' if {kind}' if several else ''}" for kind, share in reply.broken.items()
            )
            parts.append(f"{told} after “{reply.reply}”")
    if not parts:
        return ""
    return f"{assessment.other} goes back on terms, in the histories simulated, in {'; in '.join(parts)}."


@dataclass(frozen=True)
class Across:
    """The same moment as the inviter sees it: what inviting was worth to it, and what it can hope for.

    ``inviting``, ``otherwise``, ``hoped`` and ``feared`` map each of its types to discounted stakes: of the invitation,
    of the best move it could have made instead, and of the replies worth most and least to it. The moves and replies
    themselves are named in ``move``, ``best`` and ``worst``.
    """

    inviting: dict[str, float]
    otherwise: dict[str, float]
    move: dict[str, str]
    hoped: dict[str, float]
    best: dict[str, str]
    feared: dict[str, float]
    worst: dict[str, str]
    sentences: tuple[str, ...]


def across(assessment: Assessment) -> Across:
    """Return the moment as the inviter sees it, with sentences that say whether inviting served it."""
    invitation, replies = assessment.invitation, assessment.replies
    kinds = list(assessment.prior[assessment.other])
    made = next(m for m in invitation.moves if m.made)
    rest = [m for m in invitation.moves if not m.made]
    rival = {k: max(rest, key=lambda m: m.value[k]) for k in kinds} if rest else {}
    best = {k: max(replies, key=lambda r: r.other_value[k]) for k in kinds}
    worst = {k: min(replies, key=lambda r: r.other_value[k]) for k in kinds}
    return Across(
        inviting={k: made.value[k] for k in kinds},
        otherwise={k: m.value[k] for k, m in rival.items()},
        move={k: m.move for k, m in rival.items()},
        hoped={k: r.other_value[k] for k, r in best.items()},
        best={k: r.reply for k, r in best.items()},
        feared={k: r.other_value[k] for k, r in worst.items()},
        worst={k: r.reply for k, r in worst.items()},
        sentences=(
            *(_served(assessment, k, made.value[k], rival[k]) for k in rival),
            *(
                f"If {k}, {assessment.other} would rather see “{best[k].reply}” than “{worst[k].reply}”, by "
                f"{words.stakes(best[k].other_value[k] - worst[k].other_value[k], sign=False)}."
                for k in kinds
                if best[k].other_value[k] - worst[k].other_value[k] > assessment.error
            ),
        ),
    )


def _served(assessment: Assessment, kind: str, inviting: float, rival: OtherMove) -> str:
    """Say whether inviting was worth more to a type of the inviter than the best of its other moves."""
    gain, error = inviting - rival.value[kind], assessment.invitation.error
    who = f"If {kind}, {assessment.other}"
    if abs(gain) <= error:
        return f"{who} gains as much by inviting as by “{rival.move}”, within the error of the numbers."
    better = "more" if gain > 0 else "less"
    return f"{who} gains {words.stakes(abs(gain), sign=False)} {better} by inviting than by “{rival.move}”."


def price(assessment: Assessment) -> str:
    """Return in a sentence what laying down levers for the talks costs or brings."""
    prices = assessment.price_of_dropping
    if not prices:
        return "No price can be named: talks with levers kept and talks with levers dropped are not both open."
    costs = {k: p for k, p in prices.items() if p > assessment.error}
    gains = {k: -p for k, p in prices.items() if p < -assessment.error}
    parts = []
    for found, verb in ((costs, "costs"), (gains, "brings")):
        if found:
            of = "" if len(found) == len(prices) else f" if it is {words.listed(found)}"
            parts.append(f"{verb} {assessment.party} {words.between(found.values())}{of}")
    if not parts:
        return (
            f"Whether {assessment.party} keeps or drops its levers for the talks makes no difference that these "
            "numbers can show."
        )
    return f"Dropping its levers to talk, rather than keeping them, {words.listed(parts)}."


def claim_flipped(flip: ClaimFlip) -> str:
    """Return in a sentence where a claim changes sides."""
    return (
        f"{flip.parameter} at {words.value(flip.after)} instead of {words.value(flip.before)}: “{flip.claim}” "
        f"{flip.verdict_after} (now it {flip.verdict_before})."
    )


def command(assessment: Assessment) -> str:
    """Return the command that gives this answer again."""
    if "command" in assessment.run:
        return str(assessment.run["command"])
    scenario = str(assessment.run.get("scenario", assessment.scenario))
    seed = f" --seed {assessment.run['seed']}" if "seed" in assessment.run else ""
    return f"duress assess {shlex.quote(scenario)} --party {shlex.quote(assessment.party)}{seed}"


def run_lines(assessment: Assessment) -> list[tuple[str, str]]:
    """Return what was run, as (name, value) pairs in words."""
    return [(name.replace("_", " "), _shown(value)) for name, value in assessment.run.items() if name != "command"]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(part) for part in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
