"""The course of a game in progress: moves, pressure, stamina and beliefs on one axis of time, as one SVG drawing.

Written out directly and not by way of Vega: it is drawn anew after every move, and takes a millisecond instead of half
a second. Colours are those of every other figure, doubled by dash and shape.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from duress.figures import theme
from duress.figures.text import cut, printable


class HasCourse(Protocol):
    """What happened at one step, and how things stood after it: an entry of a timeline."""

    @property
    def turn(self) -> int:
        """Moves made up to here."""
        ...

    @property
    def period(self) -> int:
        """From 0."""
        ...

    @property
    def party(self) -> str:
        """Who moved; empty when time passed."""
        ...

    @property
    def move(self) -> str:
        """What was done."""
        ...

    @property
    def words(self) -> str:
        """The same in a sentence."""
        ...

    @property
    def beliefs(self) -> dict[str, dict[str, float]]:
        """Party -> type -> public probability, after it."""
        ...

    @property
    def pressure(self) -> dict[str, float]:
        """Party -> stakes per period its levers cost the other, after it."""
        ...

    @property
    def stamina(self) -> dict[str, float]:
        """Party -> stamina after it."""
        ...


_LANE = 26
_GAP = 34
_SHORTEST = 4
"""Periods the axis spans at least, so that a beginning is not drawn over the whole width."""


@dataclass(frozen=True)
class _Sheet:
    """A drawing's width, its axis of time, and how much room a panel has, in pixels."""

    narrow: bool
    last: int

    @property
    def width(self) -> int:
        return 360 if self.narrow else 900

    @property
    def panel(self) -> int:
        return 66 if self.narrow else 78

    left, right = 44, 12

    def x(self, time: float) -> float:
        return self.left + time / self.last * (self.width - self.left - self.right)


def course(
    entries: Sequence[HasCourse],
    parties: Sequence[str],
    period_word: str,
    ghosts: Sequence[tuple[str, Sequence[HasCourse]]] = (),
    *,
    narrow: bool = False,
) -> str:
    """Draw a timeline as one SVG element: who moved when, pressure applied, stamina left, and what is believed.

    Parameters
    ----------
    entries : sequence
        The current line, in order; the first is how things stood at the start.
    parties : sequence of str
        The two parties, the one drawn first (solid, circles) before the other (dashed, triangles).
    period_word : str
        Unit of time.
    ghosts : sequence of (name, entries)
        Lines that were left, each since it parted from the current one; drawn pale.
    narrow : bool
        True for a phone.
    """
    last = max(entry.period for line in (entries, *(ghost for _, ghost in ghosts)) for entry in line) + 1
    sheet = _Sheet(narrow, max(last, _SHORTEST))
    lines = [(entries, _times(entries), False)]
    for _, ghost in ghosts:
        before = [entry for entry in entries if entry.turn < ghost[0].turn] if ghost else []
        whole = [*before, *ghost]
        lines.append((whole[max(0, len(before) - 1) :], _times(whole)[max(0, len(before) - 1) :], True))
    parts, top = [_legend(sheet, parties)], 34
    parts.append(_moves(sheet, lines, parties, top))
    top += 2 * _LANE + _GAP
    most = max([0.1, *(value for line, *_ in lines for entry in line for value in entry.pressure.values())])
    first_types = {party: next(iter(entries[0].beliefs[party])) for party in parties}
    drained = any(entry.stamina for entry in entries)
    panels: list[tuple[str, float, Callable[[HasCourse, str], float | None]]] = [
        (f"Pressure applied (stakes per {period_word})", most, lambda entry, party: entry.pressure[party])
    ]
    if drained:
        panels.append(("Stamina left (1 fresh, 0 broken)", 1.0, lambda entry, party: entry.stamina.get(party)))
    believed = " and ".join(f"{cut(party, 12)} is {cut(first_types[party], 12)}" for party in parties)
    title = "Belief in the first type" if narrow else f"Public belief that {believed}"
    panels.append((title, 1.0, lambda entry, party: entry.beliefs[party][first_types[party]]))
    for title, high, value in panels:
        parts.append(_panel(sheet, lines, parties, top, title, high, value))
        top += sheet.panel + _GAP
    parts.append(_axis(sheet, top - _GAP + 20, period_word))
    height = top + 2
    said = html.escape(description(entries, parties, period_word))
    kind = "narrow" if narrow else "wide"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="course {kind}" role="img" '
        f'viewBox="0 0 {sheet.width} {height}" aria-label="{said}" '
        f'font-family="{html.escape(theme.FONT)}" font-size="12" fill="{theme.INK}">'
        f"{''.join(parts)}</svg>"
    )


def description(entries: Sequence[HasCourse], parties: Sequence[str], period_word: str) -> str:
    """Say in sentences what the drawing shows now."""
    now = entries[-1]
    said = [f"Timeline of {now.turn} moves, up to {period_word} {now.period + 1}."]
    for party in parties:
        parts = [f"pressure {now.pressure[party]:.2f}"]
        if party in now.stamina:
            parts.append(f"stamina {now.stamina[party]:.2f}")
        parts += [f"{chance:.0%} believed {kind}" for kind, chance in now.beliefs[party].items()]
        said.append(f"{party}: {', '.join(parts)}.")
    return printable(" ".join(said))


def _times(entries: Sequence[HasCourse]) -> list[float]:
    """Return where each entry lies in time, those of one period spread evenly over it, shape (entries,)."""
    count, seen = Counter(entry.period for entry in entries), Counter[int]()
    found = []
    for entry in entries:
        seen[entry.period] += 1
        found.append(entry.period + (seen[entry.period] - 0.5) / count[entry.period])
    return found


_Line = tuple[Sequence[HasCourse], list[float], bool]


def _legend(sheet: _Sheet, parties: Sequence[str]) -> str:
    parts, x = [], float(sheet.left)
    for n, party in enumerate(parties):
        name = cut(printable(party), 18 if sheet.narrow else 40)
        parts.append(
            f'<line x1="{x}" x2="{x + 30}" y1="12" y2="12" {_stroke(n)}/>{_mark(n, x + 15, 12, "move")}'
            f'<text x="{x + 38}" y="16">{html.escape(name)}</text>'
        )
        x += 38 + 7 * len(name) + 24
    if not sheet.narrow:
        parts.append(
            f'<rect x="{x}" y="7" width="10" height="10" fill="white" stroke="{theme.INK}" stroke-width="2"/>'
            f'<text x="{x + 17}" y="16">an offer</text>'
        )
    return "".join(parts)


def _stroke(n: int, pale: bool = False) -> str:
    dash = "" if theme.PARTY_DASHES[n][1] == 0 else f' stroke-dasharray="{" ".join(map(str, theme.PARTY_DASHES[n]))}"'
    return (
        f'fill="none" stroke="{theme.PARTY_COLOURS[n]}" stroke-width="{1.4 if pale else 2.4}"{dash}'
        f' opacity="{0.35 if pale else 1}"'
    )


def _mark(n: int, x: float, y: float, kind: str, pale: bool = False) -> str:
    colour, faded = theme.PARTY_COLOURS[n], ' opacity="0.3"' if pale else ""
    if kind == "offer":
        return (
            f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="white" stroke="{colour}" '
            f'stroke-width="2.4"{faded}/>'
        )
    if n == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"{faded}/>'
    return f'<path d="M{x:.1f},{y - 6:.1f}l6,11h-12z" fill="{colour}"{faded}/>'


def _moves(sheet: _Sheet, lines: Sequence[_Line], parties: Sequence[str], top: int) -> str:
    parts = [f'<text x="{sheet.left}" y="{top + 4}" fill="{theme.QUIET}">Moves</text>']
    for n in range(len(parties)):
        y = top + 14 + n * _LANE
        parts.append(
            f'<line x1="{sheet.left}" x2="{sheet.width - sheet.right}" y1="{y}" y2="{y}" stroke="{theme.GRID}"/>'
        )
    for entries, times, pale in reversed(lines):
        own = slice(1 if pale else 0, None)  # a pale line begins with the entry it shares, to join on
        for entry, time in zip(entries[own], times[own], strict=True):
            if not entry.party:
                continue
            n = list(parties).index(entry.party)
            kind = "offer" if entry.move.startswith("offer ") else "move"
            said = html.escape(printable(f"Move {entry.turn}: {entry.words}"))
            mark = _mark(n, sheet.x(time), top + 14 + n * _LANE, kind, pale)
            parts.append(f'<g data-turn="{entry.turn}"><title>{said}</title>{mark}</g>')
    return "".join(parts)


def _panel(
    sheet: _Sheet,
    lines: Sequence[_Line],
    parties: Sequence[str],
    top: int,
    title: str,
    high: float,
    value: Callable[[HasCourse, str], float | None],
) -> str:
    bottom, edge = top + sheet.panel, sheet.width - sheet.right

    def y(amount: float) -> float:
        return bottom - amount / high * (sheet.panel - 6)

    parts = [f'<text x="{sheet.left}" y="{top - 8}" fill="{theme.QUIET}">{html.escape(printable(title))}</text>']
    for amount in (0.0, high / 2, high):
        parts.append(
            f'<line x1="{sheet.left}" x2="{edge}" y1="{y(amount):.1f}" y2="{y(amount):.1f}" stroke="{theme.GRID}"/>'
            f'<text x="{sheet.left - 6}" y="{y(amount) + 4:.1f}" text-anchor="end">{amount:.2g}</text>'
        )
    for entries, times, pale in reversed(lines):
        for n, party in enumerate(parties):
            points = [
                (sheet.x(time), y(amount))
                for entry, time in zip(entries, times, strict=True)
                if (amount := value(entry, party)) is not None
            ]
            if points:
                path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
                path += "".join(f"H{across:.1f}V{down:.1f}" for across, down in points[1:])
                parts.append(f'<path d="{path}" {_stroke(n, pale)}/>')
                if not pale:
                    parts.append(_mark(n, *points[-1], "move"))
    return "".join(parts)


def _axis(sheet: _Sheet, y: int, period_word: str) -> str:
    step = max(1, -(-sheet.last // (6 if sheet.narrow else 14)))
    parts = [
        f'<text x="{sheet.left - 6}" y="{y}" text-anchor="end" fill="{theme.QUIET}">{html.escape(period_word)}</text>'
    ]
    for period in range(0, sheet.last, step):
        parts.append(f'<text x="{sheet.x(period + 0.5):.1f}" y="{y}" text-anchor="middle">{period + 1}</text>')
    return "".join(parts)
