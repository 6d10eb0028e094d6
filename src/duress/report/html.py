"""The answer as one HTML file: opens offline, prints, and says the same with scripts switched off."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

import jinja2
from markupsafe import Markup

from duress.assess.record import Assessment, Fan
from duress.figures import (
    beliefs_chart,
    deal_space,
    draw,
    fan_chart,
    lever_cases_chart,
    paths_chart,
    replies_chart,
    to_vega,
    tornado_chart,
    vega_javascript,
    verdict_map,
)
from duress.figures.best import best_replies
from duress.figures.text import letter
from duress.figures.theme import party_colours
from duress.report import reading, words
from duress.report.terms import TERMS

_FAN_COLUMNS = 4

NO_LINKS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class _Figure:
    """A chart ready for the page: drawn at two widths, and the same two for the script to bring to life."""

    name: str
    alt: str
    wide: Markup
    narrow: Markup
    spec: dict[str, Any]


def render(assessment: Assessment, links: Mapping[str, str] = NO_LINKS) -> str:
    """Return the report of an assessment as one HTML page; ``links`` are put into its bar, words -> address.

    Everything is inside the page: style, scripts, drawings, data. A content security policy keeps it from fetching
    anything and from running any script but its own two. All texts of the scenario are escaped.
    """
    answer = reading.clean(assessment)
    with ThreadPoolExecutor(max_workers=1) as aside:  # bundling takes a second, in which the charts can be made
        library = aside.submit(vega_javascript)
        figures = _figures(answer)
    scripts = [_inside_script(library.result()), _inside_script(_part("page.js"))]
    return _page().render(
        a=answer,
        style=Markup(_part("style.css")),
        scripts=scripts,
        script_hashes=Markup(" ".join(_hash(script) for script in scripts)),
        terms=TERMS,
        model_line=reading.MODEL_LINE,
        links=links,
        figures=figures,
        sections=_sections(answer),
        **_verdict(answer),
        **_tables(answer),
    )


def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("duress.report", "template"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    environment.filters |= {
        "signed": words.signed,
        "number": words.number,
        "percent": words.percent,
        "small": words.small,
        "value": words.value,
        "letter": letter,
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
    }
    return environment.get_template("assessment.html.j2")


def _part(name: str) -> str:
    return (resources.files("duress.report") / "template" / name).read_text(encoding="utf-8")


def _inside_script(code: str) -> Markup:
    """Return trusted code in a form that cannot end the element it stands in."""
    return Markup(code.replace("\r\n", "\n").replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def charts_of(answer: Assessment) -> dict[str, tuple[Callable[..., Any], bool]]:
    """Return every chart of a report: name -> what draws it, and whether there is anything to draw."""
    return {
        "replies": (replies_chart, True),
        "paths": (paths_chart, any(reply.paths for reply in answer.replies)),
        "beliefs": (beliefs_chart, len(answer.invitation.before) > 1),
        "levers": (lever_cases_chart, bool(answer.lever_cases)),
        "fan": (fan_chart, bool(answer.fans)),
        "deal": (deal_space, bool(answer.agenda.terms)),
        "tornado": (tornado_chart, any(any(v.gains) for v in answer.variations)),
        "map": (verdict_map, answer.map is not None),
    }


def _figures(answer: Assessment) -> dict[str, _Figure | None]:
    wanted = charts_of(answer)
    charts = {name: (make(answer), make(answer, narrow=True)) for name, (make, there) in wanted.items() if there}
    return {name: _figure(name, *charts[name]) if name in charts else None for name in wanted}


def _figure(name: str, chart: Any, narrow_chart: Any) -> _Figure:
    wide, narrow = to_vega(chart), to_vega(narrow_chart)
    return _Figure(
        name=name,
        alt=chart.description,
        wide=Markup(draw(wide, f"{name}-wide")),
        narrow=Markup(draw(narrow, f"{name}-narrow")),
        spec={"wide": wide, "narrow": narrow},
    )


def _sections(answer: Assessment) -> list[tuple[str, str]]:
    sections = [
        ("situation", "The situation"),
        ("replies", "What each reply leads to"),
        ("across", f"As {answer.other} sees it"),
        ("reveals", "What the invitation reveals"),
        ("price", "The price of dropping"),
        ("levers", "With other levers in hand"),
        ("time", "Pressure and stamina"),
        ("story", "The likeliest path"),
        ("deals", "What can be signed"),
        ("claims", "Claims, tested"),
        ("flips", "What would change it"),
        ("assumptions", "Assumptions"),
        ("certificate", "How far to trust it"),
        ("repeat", "How to repeat it"),
        ("words", "Words"),
    ]
    absent = {"levers" if not answer.lever_cases else "", "time" if not answer.fans else ""}
    return [section for section in sections if section[0] not in absent]


def _verdict(answer: Assessment) -> dict[str, Any]:
    return {
        "moment": reading.moment(answer),
        "question": reading.question(answer),
        "mixed": len(set(answer.verdict_by_type.values())) > 1,
        "numbers": [{"name": n.name, "value": n.value, "varied": _meant(n)} for n in reading.three_numbers(answer)],
        "in_scale": reading.in_scale(answer),
        "sureness": reading.sureness(answer),
        "revealed": reading.revealed(answer),
        "price": reading.price(answer),
        "across": reading.across(answer),
        "claim_flips": [reading.claim_flipped(flip) for flip in answer.claim_flips],
        "broken": reading.broken(answer),
        "other_kinds": list(answer.prior[answer.other]),
        "replies_sentence": _replies_sentence(answer),
    }


def _meant(numbers: reading.KeyNumber) -> str:
    """Return which replies the number stands for, where its name does not say it."""
    meant = list(dict.fromkeys(numbers.reply.values()))
    if numbers.name != "The best refusal" or not meant:
        return ""
    if len(meant) == 1:
        return meant[0]
    return "; ".join(f"{kind}: {reply}" for kind, reply in numbers.reply.items())


def _replies_sentence(answer: Assessment) -> str:
    best = {k: best_replies(answer.replies, k, answer.error) for k in reading.own_types(answer)}
    if not any(best.values()):
        return "No two replies differ by more than the error of the numbers."
    named = {kind: " or ".join(f"“{r.reply}”" for r in found) or "any reply" for kind, found in best.items()}
    if len(set(named.values())) == 1:
        whatever = "Whatever its type, " if len(named) > 1 else ""
        return f"{whatever}{answer.party} does best with {next(iter(named.values()))}."
    return " ".join(f"If it is {kind}, {answer.party} does best with {replies}." for kind, replies in named.items())


def _tables(answer: Assessment) -> dict[str, Any]:
    kinds = reading.own_types(answer)
    colours = party_colours(answer)
    periods = answer.fans[0].periods if answer.fans else ()
    marks = sorted({round(k * (len(periods) - 1) / (_FAN_COLUMNS - 1)) for k in range(_FAN_COLUMNS)}) if periods else []
    return {
        "kinds": kinds,
        "best": {k: {r.reply for r in best_replies(answer.replies, k, answer.error)} for k in kinds},
        "outcome_error": max(reply.outcome_error for reply in answer.replies),
        "colours": {p: {"colour": c, "second": i == 1} for i, (p, c) in enumerate(colours.items())},
        "named_terms": [terms for terms in answer.agenda.terms if terms.labels],
        "further_terms": reading.further_terms(answer),
        "walk_away": answer.agenda.mean_walk_away(answer.prior),
        "fan_periods": [periods[t] for t in marks],
        "fan_rows": [(f"{fan.kind} of {fan.party}", _fan_cells(fan, marks)) for fan in answer.fans],
        "assumption_columns": list(dict.fromkeys(column for row in answer.assumptions for column in row)),
        "command": reading.command(answer),
        "run_lines": reading.run_lines(answer),
    }


def _fan_cells(fan: Fan, marks: list[int]) -> list[dict[str, float]]:
    ordered = sorted(fan.quantiles, key=float)
    middle = min(ordered, key=lambda q: abs(float(q) - 0.5))
    named = {"low": ordered[0], "middle": middle, "high": ordered[-1]}
    return [{name: fan.quantiles[q][t] for name, q in named.items()} for t in marks]
