"""The sandbox: move a number, or write another, and see what becomes of the verdict; the scenario stands beside it."""

from __future__ import annotations

import asyncio
import html
import math
from itertools import count
from urllib.parse import quote, urlencode

from nicegui import events, ui
from starlette.requests import Request

from ..assess.again import Judged
from ..assess.vary import in_words
from ..assess.verdict import ARMED, DEPENDS, HARVEST, UNDECIDED, WAY_OUT, sentence
from ..errors import InputError
from ..report.reading import clean, followed
from ..scenario import read
from ..scenario.reading.write import as_yaml
from ..scenario.schema import Scenario, Unsure
from .assessing import SEED, Asked, invited, usual_of
from .frame import Bar, refused
from .handed import Find, Handed, read_handed
from .shown import beside, heading, row
from .solving import Solver, Work
from .trying import Found, Trial, Trier, ends_of, movable

MOST_TEXT = 60_000
"""Letters of a scenario that is written on the page."""

STEPS = 40
"""Steps from one end of a number's range to the other."""

_SOON = 0.25
"""Seconds between looks at how far the work is."""

_OFTEN = 0.15
"""Seconds at least between two values of a number that is being moved."""

_LETTERS = {HARVEST: "H", WAY_OUT: "W", ARMED: "A", DEPENDS: "D", UNDECIDED: "U"}
"""What stands for a verdict in the map, beside its colour."""

_NUMBER = count()

PARTY, OVER = "party", "over"
"""What the one who is invited and a number of the map are called in an address."""


def lay_out(find: Find) -> None:
    """Put the sandbox at its address."""
    solver, trier = Solver(), Trier()  # its own, so that nobody who sits down waits for what is tried

    @ui.page("/sandbox/{name}", title="Other numbers · duress", language="en-GB")
    def _sandbox(name: str, request: Request) -> None:
        top = Bar(SEED)
        with ui.element("main").classes("frame"):
            try:
                sandbox = restored(name, request.query_params.multi_items(), find, solver, trier)
            except InputError as error:
                refused(error)
                return
            sandbox.show(top)


class Sandbox:
    """One person's sandbox.

    Parameters
    ----------
    name : str
        By which the case is found.
    scenario : Scenario
        As it stands.
    solver : Solver
        Of sandboxes.
    trier : Trier
    travels : bool
        Whether the server has no such case, so that its text stays in the address.
    """

    def __init__(self, name: str, scenario: Scenario, solver: Solver, trier: Trier, travels: bool = False) -> None:
        self.name, self.scenario, self.solver, self.trier, self.travels = name, scenario, solver, trier, travels
        self.base = scenario
        self.party = usual_of(scenario)
        self.changes: dict[str, float] = {}
        self.over: list[str] = [number.path for number in movable(scenario)[:1]]
        self.work: Work | None = None
        self.found = Found()
        self.shown = (0, -1)

    @property
    def handed(self) -> Handed:
        """What brings the scenario as it now is to another page."""
        same = self.base.digest == self.scenario.digest and not self.travels
        return Handed("" if same else as_yaml(self.base.written.tree), dict(self.changes))

    @property
    def address(self) -> str:
        """Where this very sandbox is found again."""
        pairs = [(PARTY, self.party), *((OVER, path) for path in self.over or [""]), *self.handed.pairs]
        return f"/sandbox/{quote(self.name, safe='')}?{urlencode(pairs)}"

    # What is shown

    def show(self, top: Bar) -> None:
        """Lay the page out below its bar, and begin."""
        self.top = top
        heading("h1", f"Other numbers: {clean(self.base.title) or clean(self.base.name)}")
        ui.label(
            "Move a number the case is not sure of, and see what becomes of the verdict. "
            "The address of this page holds what you tried."
        ).classes("lead")
        if not self.party:
            row("p", "Nobody may invite anybody in this case, so there is no verdict to move.")
        with ui.element("div").classes("sandbox"):
            with ui.element("section").props('aria-label="Numbers"'):
                self._controls()
            with ui.element("section").props('aria-label="Verdict and map"'):
                self._answer()
                with ui.element("div").classes("progress"):
                    self.status = ui.label("").classes("quiet").props("role=status")
                    self.bar = ui.linear_progress(0, show_value=False).props('aria-label="How far it is"')
                    self.cancel = ui.button("Cancel", on_click=self._stop).props("flat no-caps dense")
                self._map()
                self._onward()
            with ui.element("section").classes("across").props('aria-label="The scenario"'):
                self._text()
        ui.context.client.on_delete(self._leave)
        ui.timer(_SOON, self._look)
        self._begin()

    @ui.refreshable_method
    def _controls(self) -> None:
        heading("h2", "Numbers")
        parties = invited(self.base)
        if len(parties) > 1:
            heading("h3", "Who is invited").props("id=invited")
            ui.radio({p: clean(p) for p in parties}, value=self.party, on_change=self._seat).props(
                "inline aria-labelledby=invited"
            )
        for number in movable(self.base):
            self._slider(number)
        with ui.element("div").classes("tools"):
            ui.button("As written", on_click=self._as_written).props("outline no-caps dense")
            words = {number.path: clean(in_words(self.base, number.path)) for number in movable(self.base)}
            for n, label in enumerate(("Map over", "and over")):
                chosen = self.over[n] if n < len(self.over) and self.over[n] in words else ""
                ui.select(
                    {"": "nothing", **words}, value=chosen, label=label, on_change=lambda e, n=n: self._mapped(n, e)
                ).classes("chooser").props("outlined dense options-dense")

    def _slider(self, number: Unsure) -> None:
        written = self.base.numbers[number.path]
        value = self.changes.get(number.path, written)
        low, high = ends_of(number)
        low, high = min(low, value, written), max(high, value, written)
        step = 1.0 if number.whole else float(f"{(high - low) / STEPS:.4g}")
        words = clean(in_words(self.base, number.path))
        with ui.element("div").classes("number"):
            with ui.element("div").classes("said"):
                ui.label(words)
                now = ui.label(f"{value:.4g}").classes("now")
            # The browser's own: a keyboard moves it, and a screen reader says it.
            slider = ui.element("input").props(f'type=range step={step} aria-label="{html.escape(words)}"')
            # Where it begins, and no value: set anew at every change of the page, it would undo a later move.
            slider.props["min"], slider.props["max"], slider.props["defaultValue"] = low, high, value
            ui.label(f"{low:.4g} to {high:.4g}; written: {written:.4g}").classes("quiet")

        def moved(event: events.GenericEventArguments) -> None:
            chosen = float(f"{float(event.args):.6g}")
            now.text = f"{chosen:.4g}"
            self._moved(number.path, chosen)

        slider.on("input", moved, throttle=_OFTEN, js_handler="(event) => emit(event.target.valueAsNumber)")

    @ui.refreshable_method
    def _answer(self) -> None:
        judged = self.found.judged
        heading("h2", f"Verdict for {clean(self.party)}" if self.party else "Verdict")
        if judged is None:
            row("p", "Not known yet.").classes("quiet verdict")
            return
        if judged.failed:
            row("p", clean(judged.failed)).classes("fault verdict").props("role=status")
            return
        row("p", judged.verdict.capitalize()).classes(f"verdict word {'rough' if self.found.rough else ''}").props(
            "role=status"
        )
        droppable = any(reply.endswith("drop") for reply in (judged.best or {}).values())
        row("p", clean(sentence(self.party, judged.verdict, judged.by_type or {}, judged.margin, droppable)))
        with ui.element("ul").classes("plain"):
            for kind, best in (judged.best or {}).items():
                gain = (judged.gain or {})[kind]
                row("li", clean(f"If {kind}: best is to {best}; accepting is worth {beside(gain)} refusing."))
        if ended := followed(judged.jumps, judged.stages):
            row("p", ended).classes("quiet")
        if self.found.rough:
            row("p", "Roughly so, on a coarse grid of beliefs; it is being looked at more closely.").classes("quiet")

    @ui.refreshable_method
    def _map(self) -> None:
        axes = self.found.axes
        if not axes:
            return
        numbers = [number for path in self.over for number in movable(self.base) if number.path == path]
        words = [clean(in_words(self.base, number.path)) for number in numbers][: len(axes)]
        heading("h2", "Map of the verdict")
        ui.html(_table(self.found, words), sanitize=False).classes("map")
        present = {judged.verdict for judged in self.found.points.values()}
        ui.label(
            "; ".join(f"{letter}: {verdict}" for verdict, letter in _LETTERS.items() if verdict in present)
        ).classes("quiet")

    @ui.refreshable_method
    def _onward(self) -> None:
        """Link to the table and to the assessment of the scenario as it now is."""
        with ui.element("p").classes("tools"):
            ui.link("Sit down with these numbers", self.handed.address("case", self.name))
            if self.party:
                asked = Asked(self.party, handed=self.handed)
                ui.link("Full assessment with these numbers", asked.address(self.name))

    def _text(self) -> None:
        heading("h2", "The scenario").props("id=scenario")
        self.written = as_yaml(self._changed().written.tree)
        self.told = ui.element("div").classes("told").props("role=status aria-live=polite")
        self.area = (
            ui.textarea(value=self.written, on_change=self._typed)
            .props("outlined debounce=200 spellcheck=false input-class=yaml aria-labelledby=scenario")
            .classes("area")
        )
        self._valid([])

    def _valid(self, faults: list[str]) -> None:
        self.told.clear()
        with self.told:
            if not faults:
                ui.label("It is valid.").classes("valid")
                return
            heading("h3", f"It is not valid ({len(faults)} {'fault' if len(faults) == 1 else 'faults'})")
            with ui.element("ul"):
                for fault in faults[:12]:
                    row("li", clean(fault)).classes("fault")

    # What is done

    def _changed(self) -> Scenario:
        return self.base.with_values(self.changes) if self.changes else self.base

    def _seat(self, event: events.ValueChangeEventArguments) -> None:
        self.party = event.value
        self._begin()

    def _moved(self, path: str, value: float) -> None:
        if value == self.base.numbers[path]:
            self.changes.pop(path, None)
        else:
            self.changes[path] = value
        self._told_anew()

    def _as_written(self) -> None:
        self.base, self.changes = self.scenario, {}
        self._controls.refresh()
        self._told_anew()

    def _told_anew(self) -> None:
        """Show the scenario with its changes, or why it cannot be so, and begin anew."""
        try:
            self.written = as_yaml(self._changed().written.tree)
        except InputError as error:
            self._valid([str(fault) for fault in error.faults])
            return
        self.area.value = self.written
        self._valid([])
        self._begin()

    def _mapped(self, n: int, event: events.ValueChangeEventArguments) -> None:
        over = [*self.over, "", ""][:2]
        over[n] = event.value or ""
        self.over = list(dict.fromkeys(path for path in over if path))
        self._begin()

    async def _typed(self, event: events.ValueChangeEventArguments) -> None:
        text = event.value or ""
        if text == self.written:
            return
        self.written = text
        if len(text) > MOST_TEXT:
            self._valid([f"It has {len(text):,} letters; {MOST_TEXT:,} are allowed."])
            return
        try:
            scenario = await asyncio.to_thread(read, text, self.scenario.name)
        except InputError as error:
            self._valid([str(fault) for fault in error.faults])
            return
        if text != self.written:
            return  # typed on meanwhile
        self._valid([])
        if scenario.digest == self._changed().digest:
            return
        self.base, self.changes = scenario, {}
        if self.party not in invited(scenario):
            self.party = usual_of(scenario)
        self._controls.refresh()
        self._begin()

    # The work

    def _begin(self) -> None:
        """Begin to find out anew, and leave what was being found."""
        self._leave()
        ui.navigate.history.replace(self.address)
        self._onward.refresh()
        self.found = Found(judged=self.found.judged)
        if not self.party:
            return
        trial = Trial(self.base, self.party, dict(self.changes), tuple(self.over))
        found = self.found
        self.work = self.solver.work(("tried", next(_NUMBER)), lambda work: self.trier.run(trial, found, work))
        self._look()

    def _certify(self) -> None:
        """Say in the bar how good the solution is; of changed numbers, that of the case as written."""
        changed = bool(self.changes) and bool(self.found.certificate)
        notes = ["With your numbers every stage is solved, too; that game is not certified."] if changed else []
        self.top.tell(SEED, self.found.certificate, notes, " of the case as written" if changed else "")

    def _leave(self) -> None:
        if self.work is not None:
            self.work.leave()
        self.work = None

    def _stop(self) -> None:
        self._leave()
        self._look()
        cells, wanted = len(self.found.points), math.prod(len(axis) for axis in self.found.axes)
        kept = f" The map keeps the {cells} of {wanted} cells it has." if cells else ""
        self.status.text = f"Cancelled; move a number to begin again.{kept}"

    def _look(self) -> None:
        """Show what has been found since, and how far it is."""
        work = self.work
        going = work is not None and not work.over
        self.bar.visible = self.cancel.visible = going
        if work is not None:
            if work.fault:
                self.found.judged = Judged(failed=work.fault)
                self.found.version += 1
                self.work = None
            self.status.text = f"{work.step or 'Waiting for its turn'}…" if going else "Done." if not work.fault else ""
            self.bar.value = work.done / work.total if work.total else 0
        if self.shown != (id(self.found), self.found.version):
            self.shown = (id(self.found), self.found.version)
            self._certify()
            self._answer.refresh()
            self._map.refresh()


def restored(name: str, items: list[tuple[str, str]], find: Find, solver: Solver, trier: Trier) -> Sandbox:
    """Return the sandbox that an address holds.

    Raises
    ------
    InputError
        If the address is not whole, or its scenario has faults.
    """
    handed = read_handed(items)
    base = handed.scenario(name, find)
    try:
        sandbox = Sandbox(name, find(name), solver, trier)
    except InputError:  # no case of the server's: as written is as it was handed in
        sandbox = Sandbox(name, base, solver, trier, travels=True)
    sandbox.base, sandbox.changes = base, handed.changes
    over = [value for key, value in items if key == OVER]
    sandbox.over = [path for path in over if path][:2] if over else [n.path for n in movable(base)[:1]]
    parties = invited(base)
    asked = [value for key, value in items if key == PARTY]
    sandbox.party = asked[-1] if asked and asked[-1] in parties else usual_of(base)
    return sandbox


def _table(found: Found, words: list[str]) -> str:
    """Return the map as a table, the second number upwards; a letter and a colour for each verdict."""
    across = found.axes[0]
    rows = [(None, "")] if len(found.axes) == 1 else [(y, f"{y:.4g}") for y in reversed(found.axes[1])]
    parts = []
    for y, name in rows:
        cells = "".join(_cell(found.points.get((x,) if y is None else (x, y))) for x in across)
        parts.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    below = "".join(f'<th scope="col">{x:.4g}</th>' for x in across)
    upwards = f"<caption>{html.escape(words[1])}, upwards</caption>" if len(words) > 1 else ""
    return (
        f"<table>{upwards}<tbody>{''.join(parts)}</tbody><tfoot><tr><td></td>{below}</tr></tfoot></table>"
        f'<p class="quiet">{html.escape(words[0])}, across</p>'
    )


def _cell(judged: Judged | None) -> str:
    if judged is None:
        return '<td class="open"><span aria-label="not known yet">·</span></td>'
    if not judged.verdict:
        return f'<td title="{html.escape(judged.failed)}"><span aria-label="not solved">–</span></td>'
    letter = _LETTERS[judged.verdict]
    return f'<td class="is-{letter}" title="{judged.verdict}"><abbr title="{judged.verdict}">{letter}</abbr></td>'
