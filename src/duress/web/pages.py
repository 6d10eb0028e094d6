"""The addresses of the page, and what stands at each: cases, one case, the table."""

from __future__ import annotations

import asyncio
import html
import secrets
from collections.abc import Mapping
from contextlib import suppress
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from fastapi.responses import FileResponse
from nicegui import Client, app, ui
from starlette.requests import Request
from starlette.responses import Response

from ..errors import InputError
from ..play.link import Linked, link_of, read_link
from ..play.match import Match, begin, seats_of
from ..play.opponents import OPPONENTS
from ..play.setting import BELIEFS, Setting, prepare
from ..play.table import Seat
from ..report.reading import clean
from ..scenario import bundled, load
from ..scenario.schema import Scenario
from .assessing import lay_out as lay_out_assessing
from .board import lay_out as lay_out_class
from .classroom import Classroom
from .deal_space import LIBRARY, library
from .frame import NO_SEED, Bar, refused
from .handed import Handed, in_words_of, read_handed
from .keeping import Keeper
from .pairing import for_two, seat, watch
from .places import Own
from .rooms import Rooms
from .sandbox import lay_out as lay_out_sandbox
from .showing import Showing
from .shown import row
from .sitting import Sitting
from .solving import STOPPED, Solver
from .waiting import waited

DIGITS = 16
"""Of a scenario's digest, as links hold it, by which its solution is found again."""

UNCHANGED: Mapping[str, float] = MappingProxyType({})
"""No number is another than written."""

MOST_FILES = 60
"""Files of the user's folder that are shown."""


def lay_out(folder: Path | None, here: str = "", reached: str = "", code: str = "") -> Classroom | None:
    """Put every page at its address; they share one `Solver`, one `Keeper` and its `Rooms`.

    Return the class, if there is one.

    Parameters
    ----------
    folder : Path, optional
        Where the user's own scenarios are.
    here : str
        Where the server is reached from elsewhere, http://ADDRESS:PORT.
    reached : str
        From where the server is reached, in a sentence.
    code : str
        Of a class; empty for none.
    """

    def find(name: str) -> Scenario:
        return _found(name, folder)

    solver, keeper = Solver(), Keeper()
    rooms = Rooms(keeper)
    app.on_shutdown(keeper.close)
    style = (resources.files("duress.web") / "style.css").read_text(encoding="utf-8")
    ui.add_css(style, shared=True)

    app.config.quasar_config["loadingBar"]["skipHijack"] = True  # a bar without a name, shown for every file loaded
    app.on_startup(lambda: asyncio.to_thread(library))  # so that nobody waits for it to be made

    @app.exception_handler(404)
    async def _nowhere(request: Request, _: Exception) -> Response:
        with Client(ui.page("/nowhere", title="No such page · duress", language="en-GB"), request=request) as client:
            Bar()
            with ui.element("main").classes("frame"):
                refused(InputError("there is no such page here"))
        return client.build_response(request, 404)

    @app.get(LIBRARY)
    async def _library() -> FileResponse:
        file = await asyncio.to_thread(library)
        return FileResponse(file, headers={"cache-control": "public, max-age=31536000, immutable"})

    @ui.page("/", title="Cases · duress", language="en-GB")
    def _cases() -> None:
        Bar()
        cases(folder, bool(code))

    @ui.page("/case/{name}", title="Sit down · duress", language="en-GB")
    def _case(name: str, request: Request) -> None:
        top = Bar()
        with ui.element("main").classes("frame"):
            try:
                handed = read_handed(request.query_params.multi_items())
                scenario = handed.scenario(name, find)
            except InputError as error:
                refused(error)
                return
            case(name, scenario, handed, top, solver, rooms, here, reached)

    @ui.page("/table/{link}", title="At the table · duress", language="en-GB")
    async def _table(link: str) -> None:
        try:
            linked = read_link(link)
        except InputError as error:
            Bar()
            with ui.element("main").classes("frame"):
                refused(error)
            return
        await table(linked, solver, keeper)

    @ui.page("/seat/{key}", title="At the table · duress", language="en-GB")
    def _seat(key: str) -> None:
        seat(rooms, key)

    @ui.page("/watch/{key}", title="Watching · duress", language="en-GB")
    def _watch(key: str) -> None:
        watch(rooms, key)

    lay_out_assessing(solver, find)
    lay_out_sandbox(find)
    if not code:
        return None
    classroom = Classroom(code, rooms)
    lay_out_class(classroom, lambda: _titles(folder), lambda name: prepared(find(name), solver), here)
    return classroom


def _files(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    return sorted(path for end in ("*.yaml", "*.yml") for path in folder.glob(end))[:MOST_FILES]


def _found(name: str, folder: Path | None) -> Scenario:
    """Return the scenario of that name: a bundled one, or a file of the user's folder and nowhere else."""
    if name in bundled():
        return load(name)
    for path in _files(folder):
        if path.name == name:
            return load(path)
    raise InputError(f"there is no case {name!r}")


def _titles(folder: Path | None) -> dict[str, str]:
    """Return address -> title of every scenario that can be read."""
    found = {name: load(name).title for name in bundled()}
    for path in _files(folder):
        with suppress(InputError):
            found[path.name] = load(path).title
    return {address: clean(title) or address for address, title in found.items()}


def cases(folder: Path | None, joinable: bool = False) -> None:
    """Show every scenario as a card; a file of the user's that cannot be read, with its faults."""
    with ui.element("main").classes("frame"):
        if joinable:
            ui.link("Join the class", "/join").classes("join")
        ui.html("Sit at the table", sanitize=False, tag="h1")
        ui.label(
            "Take one side of a confrontation, decide under pressure, and see what each move was worth. "
            "Pick a case to begin."
        ).classes("lead")
        with ui.element("ul").classes("cards"):
            for name in bundled():
                _card(load(name), name)
        files = _files(folder)
        if files:
            ui.html("Your files", sanitize=False, tag="h2")
            with ui.element("ul").classes("cards"):
                for path in files:
                    try:
                        _card(load(path), path.name)
                    except InputError as error:
                        _spoilt(path.name, error)


def _card(scenario: Scenario, address: str) -> None:
    first = clean(scenario.summary).split(". ")[0].rstrip(".")
    sources = len({found.source for found in scenario.sources.values() if found.source})
    with ui.element("li").classes("card"):
        title = clean(scenario.title) or clean(scenario.name)
        ui.html(html.escape(title), sanitize=False, tag="h3")
        ui.label(clean(" and ".join(scenario.parties))).classes("who")
        ui.label(f"{first}." if first else "It has no summary.").classes("about")
        ui.label(
            f"{scenario.horizon} {scenario.period}s · "
            + (f"{sources} source{'s' if sources > 1 else ''}" if sources else "no sources given")
        ).classes("quiet")
        ui.link("Sit down", f"/case/{quote(address, safe='')}").classes("go").props(
            f'aria-label="Sit down: {html.escape(title)}"'
        )


def _spoilt(name: str, error: InputError) -> None:
    with ui.element("li").classes("card spoilt"):
        ui.html(html.escape(name), sanitize=False, tag="h3")
        ui.label(f"Cannot be read: {clean(str(error.faults[0]))}").classes("fault")
        if len(error.faults) > 1:
            ui.label(f"and {len(error.faults) - 1} more; duress check lists them").classes("quiet")


def case(
    name: str,
    scenario: Scenario,
    handed: Handed,
    top: Bar,
    solver: Solver,
    rooms: Rooms,
    here: str,
    reached: str,
) -> None:
    """Ask which side, against whom and with which seed; solve; and go to the table. Or open a table for two."""
    parties = list(scenario.parties)
    ui.html(html.escape(clean(scenario.title) or scenario.name), sanitize=False, tag="h1")
    ui.label(clean(scenario.summary)).classes("lead")
    with ui.element("p").classes("tools"):
        ui.link("Assess an invitation", handed.address("assess", name))
        ui.link("Try other numbers", handed.address("sandbox", name))
    if handed.changes:
        row("p", f"With other numbers than written: {clean(in_words_of(scenario, handed.changes))}.").classes("changed")
    sources = list(dict.fromkeys(f.source for f in scenario.sources.values() if f.source))
    if sources:
        with ui.element("details"):
            ui.html(f"{len(sources)} sources", sanitize=False, tag="summary")
            with ui.element("ul"):
                for source in sources:
                    ui.html(html.escape(clean(source)), sanitize=False, tag="li")
    with ui.element("div").classes("choices"):
        ui.html("You are", sanitize=False, tag="h2").props("id=side")
        mine = scenario.order[1]
        sides = {p: clean(p) for p in parties} | {"": f"nobody: watch the equilibrium play {clean(mine)}"}
        side = ui.radio(sides, value=mine).props("inline aria-labelledby=side")
        ui.html("Against", sanitize=False, tag="h2").props("id=against")
        titles = {"": "somebody: drawn, and unmasked at the end"} | {k: o.title for k, o in OPPONENTS.items()}
        against = ui.radio(titles, value="equilibrium").props("aria-labelledby=against")
        seed = ui.number("Seed of all chance", value=secrets.randbelow(1_000_000), min=0, max=2**31, precision=0)
        seed.on_value_change(lambda _: drawn())
        start = ui.button("Sit down").props("unelevated no-caps").classes("start")
        side.on_value_change(lambda: start.set_text("Sit down" if side.value else "Watch"))
        waiting = ui.element("div").classes("waiting").props("aria-live=polite")

    def drawn(setting: Setting | None = None) -> None:
        words = NO_SEED if seed.value is None else f"Seed {int(seed.value)}"
        top.tell(words, setting.solution.certificate.sentence() if setting else "")

    drawn()

    async def ready() -> Setting | None:
        start.disable()
        with waiting:
            setting = await prepared(scenario, solver, handed.changes)
        start.enable()
        drawn(setting)
        return setting

    async def sit() -> None:
        if seed.value is None:
            ui.notify("Seed: a whole number from 0 on is needed.")
            return
        number = int(seed.value)
        kind = against.value or list(OPPONENTS)[number % len(OPPONENTS)]
        setting = await ready()
        if setting is None:
            return
        first, second = seats_of(scenario, side.value or mine, kind)
        seats = (first if side.value else Seat(mine, "equilibrium"), second)
        match = await asyncio.to_thread(begin, setting, None, "", number, 0, seats)
        ui.navigate.to(f"/table/{link_of(match)}")

    start.on_click(sit)
    for_two(scenario, ready, rooms, here, reached)


async def prepared(scenario: Scenario, solver: Solver, changes: Mapping[str, float] = UNCHANGED) -> Setting | None:
    """Solve a scenario, showing how far it is; None if it was stopped or cannot be solved, which is said."""
    key = (scenario.name, scenario.digest[:DIGITS], tuple(changes.items()), None, BELIEFS)
    work = await waited(solver.work(key, lambda say: prepare(scenario, changes, progress=say)))
    if work.setting is None:
        ui.notify(work.fault or STOPPED)
    return work.setting


async def table(linked: Linked, solver: Solver, keeper: Keeper) -> None:
    """Show the game of a link; solve first if its solution is not there."""
    key = (linked.scenario, linked.digest[:DIGITS], tuple(linked.changes.items()), linked.precision, linked.beliefs)
    work = solver.work(key, linked.prepare)
    if not work.over:
        holder = ui.element("div")
        with holder:
            Bar(f"Seed {linked.seed}")
            with ui.element("main").classes("frame"):
                await ui.context.client.connected(timeout=30)
                await waited(work)
        holder.delete()
    if work.setting is None:
        Bar()
        with ui.element("main").classes("frame"):
            refused(InputError(work.fault or STOPPED))
        return
    try:
        match: Match = await asyncio.to_thread(linked.match, work.setting)
        party = match.seat_of_person() if match.persons else ""
    except InputError as error:
        Bar()
        with ui.element("main").classes("frame"):
            refused(error)
        return
    if party:
        Sitting(Own(match, party, keeper), linked.note).show()
    else:
        Showing(match, linked.note).show()
