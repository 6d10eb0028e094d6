"""What would change the answer: numbers of the scenario varied one by one, and two by two, in games solved anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from functools import partial

from ..scenario.schema import Scenario, Unsure
from ..solve.aqre import MAX_PRECISION, Progress
from .again import Again, Judged
from .record import Check, ClaimFlip, Flip, Variation, VerdictMap

TAIL = 0.05
"""Share of a distribution that lies beyond either end at which a number is tried; nothing lies beyond a range."""

HALVINGS = 4
"""How often the interval in which a reply flips is halved."""

MOST_DEFAULT = 12
"""Numbers tried where the scenario names none."""

_DEFAULTS = (
    re.compile(r"parties\..*\.types\..*\.prior"),
    re.compile(r"levers\..*\.(harm|drain)(\..*)?\[[1-9]\d*\]"),
    re.compile(r"parties\..*\.types\..*\.(bears|breach\.cost)"),
)


def uncertain(scenario: Scenario) -> tuple[tuple[Unsure, ...], str]:
    """Return the numbers to vary, and in words why these.

    Those the scenario says it is not sure of; where it names none, priors between 0.1 and 0.9, and what levers and
    breaches do to a party at half and half again.
    """
    if scenario.unsure:
        return scenario.unsure, "the numbers the scenario says it is not sure of"
    found = []
    for pattern in _DEFAULTS:
        for path, value in scenario.numbers.items():
            if not pattern.fullmatch(path) or not value:
                continue
            ends = (0.1, 0.9) if path.endswith(".prior") else (0.5 * value, 1.5 * value)
            # The priors of two types are one number.
            if path.endswith(".prior") and any(_party(one.path) == _party(path) for one in found):
                continue
            found.append(Unsure(path, "between", ends, *ends, whole=False))
    return (
        tuple(found[:MOST_DEFAULT]),
        "the scenario names no number it is not sure of; these were tried at half and half again, priors at 0.1 to 0.9",
    )


def _party(path: str) -> str | None:
    return path.split(".types.")[0] if path.endswith(".prior") else None


def in_words(scenario: Scenario, path: str) -> str:
    """Return what a number of the scenario is, by the names the scenario uses: "harm of sanctions at full"."""
    of_lever = re.fullmatch(r"levers\.(.+?)\.(\w+)(?:\.(.+))?\[(\d+)\]", path)
    if of_lever and of_lever[1] in scenario.levers:
        lever = scenario.levers[of_lever[1]]
        whose = f" to {of_lever[3]}" if of_lever[3] else ""
        return f"{of_lever[2]}{whose} of {lever.name} at {lever.levels[int(of_lever[4])]}"
    of_type = re.fullmatch(r"parties\.(.+?)\.types\.(.+?)\.(.+)", path)
    if of_type:
        party, kind, what = of_type.groups()
        if what == "prior":
            return f"chance of {party} being {kind}"
        return f"{what.replace('breach.cost', 'cost of breach')} of {party} if {kind}"
    of_issue = re.fullmatch(r"issues\.(.+?)\.values\.(.+)\[(\d+)\]", path)
    if of_issue and of_issue[1] in scenario.issues:
        issue = scenario.issues[of_issue[1]]
        whom = of_issue[2].replace(".", " if ")
        return f"value of {issue.positions[int(of_issue[3])]} on {issue.name} to {whom}"
    *where, what = path.split(".")
    return f"{what} of {' '.join(where[1:]) or where[0]}" if where else what


def value_at(number: Unsure, share: float) -> float:
    """Return the value at a share of the way from the lower end to the upper, in neat digits."""
    tail = TAIL if number.kind == "normal" else 0.0
    return float(f"{number.at(tail + (1.0 - 2.0 * tail) * share):.6g}")


@dataclass(frozen=True)
class Varied:
    """What varying every uncertain number by itself found: ``variations`` in falling order of effect, and flips."""

    variations: tuple[Variation, ...] = ()
    flips: tuple[Flip, ...] = ()
    claim_flips: tuple[ClaimFlip, ...] = ()


def vary(again: Again, claims: Map[str, str], progress: Progress | None) -> Varied:
    """Vary every uncertain number by itself.

    Parameters
    ----------
    again : Again
    claims : mapping
        Claim -> verdict in the game at hand.
    progress : callable, optional
    """
    numbers, _ = uncertain(again.game.scenario)
    variations, flips, claim_flips = [], [], []
    total = len(numbers) * (2 + HALVINGS)
    for n, number in enumerate(numbers):
        scenario = again.game.scenario
        before, words = scenario.numbers[number.path], in_words(scenario, number.path)

        def judged(value: float, number: Unsure = number, *, claims: bool = False) -> Judged:
            return again.with_values({number.path: value}, claims)

        low, high = (value_at(number, share) for share in (0.0, 1.0))
        ends = []
        for k, value in enumerate((low, high)):
            ends.append(judged(value, claims=True))
            if progress:
                progress(n * (2 + HALVINGS) + k + 1, total)
        variations.append(_variation(again.base, number.path, words, before, (low, high), (ends[0], ends[1])))
        flips += _flips(again.base, number, words, before, (low, high), (ends[0], ends[1]), judged)
        claim_flips += _claim_flips(claims, number, words, before, (low, high), (ends[0], ends[1]), judged)
        if progress:
            progress((n + 1) * (2 + HALVINGS), total)
    ordered = sorted(variations, key=lambda v: -v.effect)
    return Varied(tuple(ordered), tuple(flips), tuple(claim_flips))


def _variation(
    base: Judged, path: str, words: str, before: float, values: tuple[float, float], ends: tuple[Judged, Judged]
) -> Variation:
    assert base.gain is not None
    gains = [end.gain or {} for end in ends]
    effect = max((abs(gain[k] - base.gain[k]) for gain in gains for k in gain), default=0.0)
    return Variation(
        parameter=path,
        words=words,
        before=before,
        values=values,
        gain_before=base.gain,
        gains=(gains[0], gains[1]),
        verdicts=(ends[0].verdict, ends[1].verdict),
        failed=next((end.failed for end in ends if end.failed), ""),
        effect=effect,
    )


def _flips(
    base: Judged,
    number: Unsure,
    words: str,
    before: float,
    values: tuple[float, float],
    ends: tuple[Judged, Judged],
    judged: Callable[[float], Judged],
) -> list[Flip]:
    """Return for each type where its best reply first differs on the way to the nearer end at which it does."""
    assert base.best is not None
    found = []
    for kind, reply in base.best.items():

        def moved(there: Judged, kind: str = kind, reply: str = reply) -> bool:
            return there.best is not None and there.best[kind] != reply

        flip = _nearest(moved, number, before, values, ends, judged)
        if flip is not None:
            other, end = flip
            assert end.best is not None
            found.append(Flip(words, kind, before, other, reply, end.best[kind]))
    return found


def _claim_flips(
    claims: Map[str, str],
    number: Unsure,
    words: str,
    before: float,
    values: tuple[float, float],
    ends: tuple[Judged, Judged],
    judged: Callable[..., Judged],
) -> list[ClaimFlip]:
    """Return for each claim that holds or fails where it does the contrary, at the nearest value found."""
    contrary = {"holds": "fails", "fails": "holds"}
    found = []
    for claim, verdict in claims.items():

        def moved(there: Judged, claim: str = claim, verdict: str = verdict) -> bool:
            return (there.claims or {}).get(claim) == contrary.get(verdict, "")

        flip = _nearest(moved, number, before, values, ends, partial(judged, claims=True))
        if flip is not None:
            found.append(ClaimFlip(words, claim, before, flip[0], verdict, contrary[verdict]))
    return found


def _nearest(
    moved: Callable[[Judged], bool],
    number: Unsure,
    before: float,
    values: tuple[float, float],
    ends: tuple[Judged, Judged],
    judged: Callable[[float], Judged],
) -> tuple[float, Judged] | None:
    """Return the value nearest to ``before`` found at which an answer has ``moved``, and the game there; None without.

    The interval towards the nearer end at which it has is halved `HALVINGS` times.
    """
    changed = [(abs(x - before), x, end) for x, end in zip(values, ends, strict=True) if moved(end)]
    if not changed:
        return None
    _, other, end = min(changed, key=lambda entry: entry[0])
    same = before
    for _ in range(HALVINGS):
        middle = 0.5 * (same + other)
        middle = float(round(middle)) if number.whole else float(f"{middle:.6g}")
        if middle in (same, other):
            break
        there = judged(middle)
        if there.failed:
            break
        if moved(there):
            other, end = middle, there
        else:
            same = middle
    return other, end


def map_of(again: Again, variations: tuple[Variation, ...], size: int, progress: Progress | None) -> VerdictMap | None:
    """Return the verdict over the two numbers that matter most, ``size`` values of each; None without two."""
    named = {number.path: number for number in uncertain(again.game.scenario)[0]}
    two = [named[v.parameter] for v in variations if not v.failed][:2]
    if len(two) < 2:
        return None
    shares = [n / (size - 1) for n in range(size)]
    first, second = (tuple(dict.fromkeys(value_at(number, share) for share in shares)) for number in two)
    rows, done = [], 0
    for x in first:
        row = []
        for y in second:
            there = again.with_values({two[0].path: x, two[1].path: y})
            row.append(there.verdict or "not solved")
            done += 1
            if progress:
                progress(done, len(first) * len(second))
        rows.append(tuple(row))
    across, down = (in_words(again.game.scenario, number.path) for number in two)
    return VerdictMap(across, down, first, second, tuple(rows))


def checks_of(again: Again, progress: Progress | None) -> tuple[Check, ...]:
    """Judge the invitation at half and twice the precision, on a finer belief grid, and from another start."""
    method, game = again.solution.method, again.game
    precisions = dict(zip((p.name for p in game.players), map(float, method.precisions(game)), strict=True))

    def sharper(times: float) -> dict[str, float]:
        return {name: min(times * x, MAX_PRECISION) for name, x in precisions.items()}

    finer = 2 * method.beliefs - 1
    ways = (
        ("precision halved", replace(method, precision=sharper(0.5)), True),
        ("precision doubled", replace(method, precision=sharper(2.0)), True),
        (f"{finer} beliefs instead of {method.beliefs}", replace(method, beliefs=finer), False),
        ("another start", replace(method, start=method.start + 1), False),
    )
    found = []
    for n, (what, other, near) in enumerate(ways):
        judged = again.with_method(other, near)
        found.append(Check(what, judged.verdict, judged.margin, judged.gain or {}, judged.failed))
        if progress:
            progress(n + 1, len(ways))
    return tuple(found)
