"""A made-up assessment: plausible numbers, labelled as the library labels them, varied by what the tests need."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from duress.assess.record import (
    AgendaAnswer,
    Assessment,
    CertificateRecord,
    ClaimFlip,
    ClaimResult,
    Fan,
    Flip,
    Invitation,
    LeverCase,
    LeverStanding,
    OtherMove,
    Path,
    Reply,
    Situation,
    TermsAnswer,
)

FAMILIES = ("refuse", "refuse and raise", "accept and keep", "accept and drop")
HOSTILE = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "</script></svg><b>",
    "{{ 7*7 }} ${8*8} [red]",
    "\u202eמשא ומתן\u202c \x1b[31m\x00",
    "a " + "very " * 11 + "long",
)


def made_up(
    *,
    own_types: tuple[str, ...] = ("fragile", "resolute"),
    other_types: tuple[str, ...] = ("sincere", "tactical"),
    other_stamina: bool = True,
    overlap: bool = True,
    equal: bool = False,
    replies: int = 4,
    parties: tuple[str, str] = ("US", "Iran"),
    period: str = "month",
    extras: bool = True,
) -> Assessment:
    """Build the answer for the second of ``parties``, invited by the first.

    ``equal`` makes all values the same; ``replies`` above 4 adds levers to raise; ``overlap`` off leaves nothing to
    sign; ``extras`` off leaves claims, flips and assumptions empty.
    """
    other, party = parties
    outcomes = (
        "agreement in force",
        f"collapse of {party}",
        f"concession of {other}",
        f"concession of {party}",
        "confrontation at the horizon",
    )
    answers = tuple(
        replace(
            reply,
            broken={t: 0.1 * (j + k) for j, t in enumerate(other_types)},
            other_value={t: 2.0 - 0.3 * k + 0.1 * j for j, t in enumerate(other_types)},
            paths=_paths(parties, k, other_stamina=other_stamina),
        )
        for k, reply in enumerate(_replies(own_types, outcomes, replies, equal))
    )
    situation = Situation(
        period=13,
        date_words="month 14 of 37",
        levers=(
            LeverStanding("oil sanctions", other, "zero exports", 2, ("none", "waivers", "zero exports")),
            LeverStanding(
                "suspended limits", party, "stockpile", 1, ("kept", "stockpile", "enrichment", "inspections")
            ),
        ),
        stamina={party: 0.62, **({other: 0.94} if other_stamina else {})},
        words=f"{other} presses with zero exports; {party} has suspended the stockpile limits. No terms are in force.",
    )
    prior = {other: _even(other_types), party: _even(own_types)}
    moved = _tilted(other_types)
    return Assessment(
        scenario="iran-2019",
        title=f"{other} and {party}, spring 2019",
        summary=f"After leaving the 2015 agreement {other} restores sanctions and offers talks without preconditions. "
        f"{party} has begun to suspend its own obligations, one by one.",
        period_word=period,
        party=party,
        other=other,
        prior=prior,
        situation=situation,
        agenda=_agenda(parties, own_types, other_types, overlap),
        invitation=Invitation(
            inviter=other,
            invited=party,
            state="confrontation, zero exports, stockpile",
            period=13,
            before=_even(other_types),
            posterior=moved,
            found="the first invitation on the likeliest path",
            moves=tuple(
                OtherMove(
                    move, move == "invite", {t: worth - 0.1 * k for k, t in enumerate(other_types)}, _even(other_types)
                )
                for move, worth in (("hold", 1.5), ("invite", 1.9))
            ),
            error=0.02,
        ),
        replies=answers,
        story=(f"Months 1 to 3: {other} holds; {party} holds.", "Month 4: both talk.", "So it stands."),
        outcomes=outcomes,
        price_of_dropping={t: answers[-2].value[t] - answers[-1].value[t] for t in own_types},
        verdict="undecided" if equal else "harvest",
        verdict_by_type={t: "undecided" if equal else "harvest" for t in own_types},
        verdict_sentence=(
            "No reply differs from another by more than the error of the numbers."
            if equal
            else f"For {party}, taking up this invitation is worth less than refusing it, with levers kept or dropped."
        ),
        margin=0.05 if equal else 0.42,
        error=0.03,
        lever_cases=_cases(own_types, outcomes, replies, equal),
        flips=_flips(own_types) if extras else (),
        claim_flips=(ClaimFlip("drain of oil", "talks harvest pressure", 0.03, 0.045, "holds", "fails"),)
        if extras
        else (),
        claims=_claims() if extras else (),
        fans=_fans(parties, other_stamina),
        assumptions=_assumptions() if extras else (),
        certificate=CertificateRecord(
            residual=3.1e-10,
            unsolved=0,
            deviation_gain={other: dict.fromkeys(other_types, 0.041), party: dict.fromkeys(own_types, 0.038)},
            deviation_gain_precision={other: dict.fromkeys(other_types, 0.04), party: dict.fromkeys(own_types, 0.037)},
            deviation_gain_numerical={
                other: dict.fromkeys(other_types, 0.001),
                party: dict.fromkeys(own_types, 0.001),
            },
            grid_error=0.004,
            sentence="Every stage is solved (largest residual 3e-10); no type of either side could gain more than "
            "0.04 stakes by another rule; refining the belief grid moves the values by 0.004.",
        ),
        others=(),
        checks=(),
        firm=None,
        variations=(),
        map=None,
        run={
            "scenario": "iran-2019",
            "method": "AQRE",
            "precision": {other: 20.0, party: 20.0},
            "beliefs": 17,
            "seed": 1,
            "histories": 2000,
            "version": "0.1.0",
            "seconds": 11.2,
        },
    )


def hostile() -> Assessment:
    """Build an assessment in which every name and sentence tries to break out of the page or the terminal."""
    script, image, closing, template, rtl, long = HOSTILE
    base = made_up(parties=(image, script), own_types=(closing, rtl), other_types=(template, long), replies=6)
    replies = tuple(dataclasses.replace(r, reply=f"{r.reply} {long} {script}") for r in base.replies)
    lever = dataclasses.replace(base.situation.levers[0], lever=script, level=rtl)
    return dataclasses.replace(
        base,
        title=closing,
        summary=script + image + rtl,
        scenario=image,
        replies=replies,
        situation=dataclasses.replace(base.situation, levers=(lever, base.situation.levers[1]), words=script),
        claims=(ClaimResult(claim=script, sentence=image, verdict="fails", margin=0.1, error=0.2, unit=closing),),
        assumptions=(
            {"field": script, "value": "1", "source": 'https://example.org/"onmouseover=alert(1)', "note": rtl},
        ),
        run={**base.run, "scenario": image, "note": script},
    )


@pytest.fixture(scope="session")
def build() -> Callable[..., Assessment]:
    """Give tests the builder `made_up`."""
    return made_up


@pytest.fixture(scope="session")
def build_hostile() -> Callable[[], Assessment]:
    """Give tests the builder `hostile`."""
    return hostile


VARIATIONS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "as little as can be": {
        "own_types": ("calm",),
        "other_types": ("x",),
        "other_stamina": False,
        "overlap": False,
        "extras": False,
    },
    "as much as can be": {
        "own_types": ("fragile", "resolute", "defiant", "weary"),
        "replies": 9,
        "parties": ("Ministry of Economic Affairs and Climate Protection", "Bakers"),
        "period": "week",
    },
    "all equal": {"equal": True},
}


@pytest.fixture(params=[*VARIATIONS, "hostile"], scope="session")
def answer(request: pytest.FixtureRequest) -> Assessment:
    """Give tests every variation in turn."""
    return hostile() if request.param == "hostile" else made_up(**VARIATIONS[request.param])


def _even(types: tuple[str, ...]) -> dict[str, float]:
    return {t: 1 / len(types) for t in types}


def _tilted(types: tuple[str, ...]) -> dict[str, float]:
    weights = [1.0 + 1.1 * k for k in range(len(types))]
    return {t: w / sum(weights) for t, w in zip(types, weights, strict=True)}


def _replies(types: tuple[str, ...], outcomes: tuple[str, ...], count: int, equal: bool) -> tuple[Reply, ...]:
    names = [("refuse", "refuse")]
    names += [(f"refuse and raise {w}", "refuse and raise") for w in _raises(count - 3)]
    names += [("accept and keep", "accept and keep"), ("accept and drop", "accept and drop")]
    return tuple(_reply(name, family, types, outcomes, k, equal) for k, (name, family) in enumerate(names))


def _raises(count: int) -> list[str]:
    words = [
        "suspended limits",
        "centrifuges",
        "inspections ended",
        "maritime pressure",
        "enrichment to 20 %",
        "proxies",
    ]
    return words[:count]


def _reply(
    name: str, family: str, types: tuple[str, ...], outcomes: tuple[str, ...], k: int, equal: bool, shift: float = 0.0
) -> Reply:
    base = {"refuse": -3.12, "refuse and raise": -2.71, "accept and keep": -3.13, "accept and drop": -3.55}[family]
    value = {t: -3.0 if equal else base + shift + 0.9 * j - 0.04 * k * (1 + j) for j, t in enumerate(types)}
    weights = [0.6 + 0.4 * k, 1 + 0.8 * FAMILIES.index(family), 0.07, 1.2, 4 - 0.4 * k]
    by_type = {}
    for j, t in enumerate(types):
        raw = [w * (1 + 0.3 * j * math.cos(i)) for i, w in enumerate(weights)]
        by_type[t] = {o: w / sum(raw) for o, w in zip(outcomes, raw, strict=True)}
    mixed = {o: sum(by_type[t][o] for t in types) / len(types) for o in outcomes}
    return Reply(
        reply=name,
        family=family,
        value=value,
        share={t: 0.03 * v for t, v in value.items()},
        probability={t: (0.5 if family == "refuse and raise" else 0.1) for t in types},
        outcomes=mixed,
        outcomes_by_type=by_type,
        outcome_error=0.011,
        settled_after=7.4,
        other_value={},
        broken={},
        paths=(),
    )


def _paths(parties: tuple[str, str], k: int, *, other_stamina: bool) -> tuple[Path, ...]:
    periods = tuple(range(13, 37))
    drained = parties if other_stamina else parties[1:]
    named = [("pressure", p) for p in parties] + [("stamina", p) for p in drained]
    return tuple(
        Path(kind, p, periods, tuple(0.6 * math.exp(-0.05 * (1 + k) * (t - 13)) for t in periods)) for kind, p in named
    )


def _cases(types: tuple[str, ...], outcomes: tuple[str, ...], count: int, equal: bool) -> tuple[LeverCase, ...]:
    cases = []
    for case, level, shift in (
        ("none", "kept", -0.8),
        ("as they stand", "stockpile", 0.0),
        ("more", "enrichment", 0.5),
    ):
        base = _replies(types, outcomes, count, equal)
        made = tuple(
            _reply(r.reply, r.family, types, outcomes, k, equal, shift)
            for k, r in enumerate(base)
            if not (case == "none" and r.family == "accept and drop")
        )
        best = {t: max(made, key=lambda r, t=t: r.value[t]).reply for t in types}
        cases.append(LeverCase(case=case, levels={"suspended limits": level}, replies=made, best=best))
    return tuple(cases)


def _agenda(parties: tuple[str, str], own: tuple[str, ...], others: tuple[str, ...], overlap: bool) -> AgendaAnswer:
    other, party = parties
    enrichment = {
        "as in 2015": (0.0, 0.6),
        "longer limits": (0.4, 0.4),
        "ten kilograms": (0.33, 0.45),
        "none": (0.7, 0.0),
    }
    relief = {"none": (0.2, 0.0), "oil": (0.12, 0.25), "all": (0.0, 0.35)}
    missiles = {"free": (0.0, 0.4), "limited": (0.3, 0.0)}
    labels = {
        ("longer limits", "oil", "free"): ("Nash", "Kalai-Smorodinsky", "offered"),
        ("longer limits", "none", "free"): ("offered",),
        ("none", "oil", "free"): ("offered",),
        ("ten kilograms", "oil", "free"): ("egalitarian",),
        ("longer limits", "all", "free"): ("maximal welfare",),
        ("none", "none", "limited"): (f"demand of {other}",),
        ("as in 2015", "all", "free"): (f"demand of {party}", "status quo"),
    }
    terms = []
    for e, (e_other, e_own) in enrichment.items():
        for r, (r_other, r_own) in relief.items():
            for m, (m_other, m_own) in missiles.items():
                worth = {other: e_other + r_other + m_other, party: e_own + r_own + m_own}
                blockers: dict[str, tuple[str, ...]] = {}
                if m == "limited" or not overlap:
                    blockers[party] = ("missiles",)
                if e == "as in 2015" and not overlap:
                    blockers[other] = ("enrichment",)
                terms.append(
                    TermsAnswer(
                        positions={"enrichment": e, "relief": r, "missiles": m},
                        words=f"enrichment: {e}, relief: {r}, missiles: {m}",
                        value={other: dict.fromkeys(others, worth[other]), party: dict.fromkeys(own, worth[party])},
                        mean_value=worth,
                        signable=not blockers,
                        blockers=blockers,
                        on_frontier=not blockers
                        and (r == "all" or (e, r) in {("none", "oil"), ("longer limits", "oil")}),
                        labels=labels.get((e, r, m), ()),
                    )
                )
    return AgendaAnswer(
        issues={"enrichment": tuple(enrichment), "relief": tuple(relief), "missiles": tuple(missiles)},
        terms=tuple(terms),
        walk_away={other: dict.fromkeys(others, 0.11), party: dict.fromkeys(own, 0.22)},
        sentences=(
            (f"12 of 24 sets of terms can be signed; {party} blocks every limit on missiles.",)
            if overlap
            else (f"Nothing can be signed: {party} will not sign any position on missiles.",)
        ),
    )


def _fans(parties: tuple[str, str], other_stamina: bool) -> tuple[Fan, ...]:
    periods = tuple(range(37))
    wanted = [("pressure", parties[0], 0.55, -0.005), ("pressure", parties[1], 0.12, 0.006)]
    wanted += [("stamina", parties[0], 0.94, -0.003)] if other_stamina else []
    wanted += [("stamina", parties[1], 0.62, -0.011)]
    fans = []
    for kind, party, start, slope in wanted:
        quantiles = {}
        for q, z in (("0.05", -1.6), ("0.25", -0.7), ("0.5", 0.0), ("0.75", 0.7), ("0.95", 1.6)):
            path = [start + slope * t + 0.03 * z * math.sqrt(t) for t in range(len(periods))]
            quantiles[q] = tuple(min(1.0, max(0.0, v)) for v in path)
        fans.append(Fan(kind=kind, party=party, periods=periods, quantiles=quantiles))
    return tuple(fans)


def _flips(types: tuple[str, ...]) -> tuple[Flip, ...]:
    raise_limits = "refuse and raise suspended limits"
    return tuple(
        Flip("parties.US.types.tactical.prior", t, 0.5, 0.23 + 0.1 * k, raise_limits, "accept and keep")
        for k, t in enumerate(types)
    )


def _claims() -> tuple[ClaimResult, ...]:
    return (
        ClaimResult("dropping is ruinous", "Dropping costs Iran 0.31 to 0.52 stakes.", "holds", 0.31, 0.03, "stakes"),
        ClaimResult("answer at once", "Waiting a month changes nothing.", "undecided", 0.01, 0.02, "stakes"),
        ClaimResult("it is the only way", "Waiting does as well.", "fails", -0.12, 0.03, "stakes"),
    )


def _assumptions() -> tuple[dict[str, Any], ...]:
    rows = [
        ("levers.oil sanctions.harm.Iran[2]", "0.55", "judgement, to be varied", "exports fell by four fifths"),
        ("levers.oil sanctions.levels", "none, waivers, zero exports", "IEA, April 2019, https://www.iea.org/", ""),
        ("parties.Iran.stamina.start", "0.9", "IMF regional outlook, April 2019", "output −3.9 % in 2018"),
    ]
    return tuple({"field": f, "value": v, "source": s, "note": n} for f, v, s, n in rows)
