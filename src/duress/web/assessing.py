"""Assessments on the page: asked for by an address, made in the background, shown as the report that stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from fastapi.responses import HTMLResponse
from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from ..assess.assess import assess
from ..assess.at import description_of
from ..errors import Fault, InputError
from ..play.match import Match
from ..play.setting import BELIEFS, Setting
from ..report.html import render
from ..report.reading import clean
from ..scenario.schema import Scenario
from ..solve.aqre import AQRE, Progress
from .frame import Bar, refused
from .handed import Find, Handed, handed_by, read_handed
from .shown import heading, row
from .solving import STOPPED, Solver, Work
from .waiting import waited

HISTORIES = 1000
"""Simulated histories of an assessment, as `duress assess` has them."""

SEED = "Seed 0"
"""Of those histories, in words."""

MAPPED = 9
"""Values of each of two numbers in the map of a thorough assessment."""


def lay_out(solver: Solver, find: Find) -> None:
    """Put the pages of assessments at their addresses."""

    @ui.page("/assess/{name}", title="Assess · duress", language="en-GB")
    async def _assess(name: str, request: Request) -> Response | None:
        try:
            asked = read_asked(request.query_params.multi_items())
            scenario = asked.handed.scenario(name, find)
        except InputError as error:
            Bar()
            with ui.element("main").classes("frame"):
                refused(error)
            return None
        if asked.party:
            return await show(name, scenario, asked, solver)
        Bar(SEED)
        with ui.element("main").classes("frame"):
            form(name, scenario, asked.handed)
        return None


@dataclass(frozen=True)
class Asked:
    """An assessment asked for: everything that decides what it says.

    Parameters
    ----------
    party : str
        Who is invited; empty while that is to be chosen.
    at : dict
        What is so when it is invited, as for `assess`.
    handed : Handed
        The scenario, where it is not the server's as written.
    precision : float, optional
        Default as the scenario says.
    thorough : bool
        Whether uncertain numbers are varied, the verdict mapped and checked.
    """

    party: str = ""
    at: dict[str, str] = field(default_factory=dict)
    handed: Handed = field(default_factory=Handed)
    precision: float | None = None
    thorough: bool = False

    def address(self, name: str) -> str:
        """Return where on the server the assessment of the case ``name`` is."""
        pairs = [("party", self.party)]
        pairs += [("at", f"{what}={value}") for what, value in self.at.items()]
        pairs += [("precision", f"{self.precision!r}")] if self.precision is not None else []
        pairs += [("thorough", "yes")] if self.thorough else []
        return f"/assess/{quote(name, safe='')}?{urlencode(pairs + self.handed.pairs)}"


def read_asked(items: Iterable[tuple[str, str]]) -> Asked:
    """Read an address's questions.

    Raises
    ------
    InputError
        With every part that cannot be read.
    """
    pairs = list(items)
    party, precision, thorough, handed = "", None, False, Handed()
    at: dict[str, str] = {}
    faults: list[Fault] = []
    try:
        handed = read_handed(pairs)
    except InputError as error:
        faults += error.faults
    for name, text in pairs:
        if name == "party":
            party = text
        elif name == "at":
            what, _, value = text.partition("=")
            at[what] = value
        elif name == "precision":
            try:
                precision = float(text)
            except ValueError:
                faults.append(Fault(name, f"is {text!r}; a number is needed"))
        elif name == "thorough":
            thorough = text == "yes"
    if faults:
        raise InputError(faults)
    return Asked(party, at, handed, precision, thorough)


def asked_now(match: Match, party: str) -> Asked:
    """Return the assessment of an invitation to ``party`` made as things now stand; all of it is public."""
    table, setting = match.table, match.setting
    at = description_of(setting.game, table.state, min(table.period, setting.game.periods - 1), table.beliefs)
    return Asked(party, at, handed_by(setting), _precision(setting))


def _precision(setting: Setting) -> float | None:
    """Return the precision asked for in place of the scenario's."""
    found = setting.solution.method.precision
    return float(found) if isinstance(found, (int, float)) else None


def invited(scenario: Scenario) -> list[str]:
    """Return the parties that may be invited."""
    return [party for party in scenario.parties if scenario.other(party) in scenario.talks.invite]


def usual_of(scenario: Scenario) -> str:
    """Return who is taken to be invited until one is chosen; empty if nobody may be."""
    parties = invited(scenario)
    return scenario.order[1] if scenario.order[1] in parties else next(iter(parties), "")


def report_of(scenario: Scenario, asked: Asked, work: Work, links: Mapping[str, str]) -> str:
    """Make an assessment; return it as one page.

    Parameters
    ----------
    scenario : Scenario
        Before changes.
    asked : Asked
    work : Work
        Told how far it is; ends it by raising.
    links : mapping
        Of the page's bar: words -> address.
    """

    def step(words: str) -> Progress:
        work.step = words
        return work

    further: dict[str, Any] = {"robust": True, "varied": True, "map_size": MAPPED} if asked.thorough else {}
    method = AQRE(precision=asked.precision, beliefs=BELIEFS)
    answer = assess(
        scenario.with_values(asked.handed.changes),
        asked.party,
        method,
        HISTORIES,
        progress=step("Solving"),
        reuse=True,
        step=step,
        at=asked.at,
        **further,
    )
    step("Drawing")(1, 1)
    return render(answer, links)


def form(name: str, scenario: Scenario, handed: Handed) -> None:
    """Ask what is to be assessed, and go there."""
    parties = invited(scenario)
    heading("h1", f"Assess an invitation: {clean(scenario.title) or clean(scenario.name)}")
    ui.label(
        "Say who is invited to talk. The report says what each reply leads to, what laying down one's levers costs, "
        "and whether the invitation is a way out; it shows the same moment to the one who invites."
    ).classes("lead")
    if not parties:
        row("p", "Nobody may invite anybody in this case, so there is nothing to assess.")
        return
    with ui.element("div").classes("choices"):
        heading("h2", "Who is invited").props("id=invited")
        party = ui.radio({p: clean(p) for p in parties}, value=usual_of(scenario)).props(
            "inline aria-labelledby=invited"
        )
        thorough = ui.checkbox("Vary every uncertain number too, and check whether the verdict is firm (minutes)")
        ui.button(
            "Assess",
            on_click=lambda: ui.navigate.to(
                Asked(party.value, handed=handed, thorough=bool(thorough.value)).address(name)
            ),
        ).props("unelevated no-caps").classes("start")


async def show(name: str, scenario: Scenario, asked: Asked, solver: Solver) -> Response | None:
    """Return the report, if it is made; else have it made while the page shows how far it is, and then go there."""
    key = ("assess", scenario.digest, asked.address(name))
    another = asked.handed.address("assess", name)
    links = {"duress": "/", "Sit down": asked.handed.address("case", name), "Assess another": another}
    work = solver.work(key, lambda work: report_of(scenario, asked, work, links))
    if isinstance(work.result, str):
        work.leave()
        return HTMLResponse(work.result)
    Bar(SEED)
    with ui.element("main").classes("frame"):
        heading("h1", f"Assessing: {clean(scenario.title) or clean(scenario.name)}")
        ui.label(f"An invitation to {clean(asked.party)}{_where(asked)}.").classes("lead")
        await ui.context.client.connected(timeout=30)
        await waited(work, "Assessing: solve, simulate, and ask what each reply leads to.", "done")
        if work.over and not work.fault:
            ui.navigate.reload()
            return None
        for fault in (work.fault or STOPPED).splitlines():
            row("p", clean(fault)).classes("fault").props("role=alert")
        with ui.element("div").classes("tools"):
            ui.button("Try again", on_click=ui.navigate.reload).props("outline no-caps")
            ui.button("Assess another", on_click=lambda: ui.navigate.to(another)).props("flat no-caps")
    return None


def _where(asked: Asked) -> str:
    told = [f"{clean(what)} {clean(value)}" for what, value in asked.at.items()]
    told += [f"{clean(path)} at {value:g}" for path, value in asked.handed.changes.items()]
    return f", with {'; '.join(told)}" if told else ""
