"""Pressure and stamina over time, as quantiles of simulated histories."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.assess.record import Assessment, Fan
from duress.figures import theme
from duress.figures.text import cut, fold

_MOST_PERIODS = 61
_SHADES = ("pale band", "dark band")


def fan_chart(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart the pressure by each side and the stamina of each, one panel under the other on one time axis.

    Each panel shows the middle history as a line (solid for the first party, dashed for the second) in bands that hold
    a stated part of the histories.

    Parameters
    ----------
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If the assessment holds no histories.
    """
    if not assessment.fans:
        raise ValueError("there is nothing to draw: the assessment holds no quantiles of simulated histories")
    bands = _bands(assessment.fans[0])
    tops = [max(f.quantiles[bands[0][1]]) for f in assessment.fans if f.kind != "stamina"]
    top = max([0.05, *tops])
    panels = [_panel(assessment, fan, bands, top, narrow=narrow) for fan in assessment.fans]
    key = fold(_key(bands), 52 if narrow else 110).split("\n")
    title = alt.Title(key, fontSize=theme.TEXT_SIZE, fontWeight="normal", color=theme.QUIET, offset=14)
    resolve = alt.Resolve(scale=alt.ScaleResolveMap(x="shared"))
    return theme.finished(alt.vconcat(*panels, spacing=12, title=title, resolve=resolve), _description(assessment))


def _bands(fan: Fan) -> list[tuple[str, str, str]]:
    """Return (low, high, words) of each band, widest first."""
    ordered = sorted(fan.quantiles, key=float)
    pairs = zip(ordered, reversed(ordered), strict=True)
    return [(a, b, f"{float(b) - float(a):.0%} of histories") for a, b in pairs if float(a) < 0.5]


def _key(bands: list[tuple[str, str, str]]) -> str:
    names = _SHADES if len(bands) == len(_SHADES) else [f"band {n + 1}" for n in range(len(bands))]
    parts = [f"{name}: {words}" for name, (_, _, words) in zip(names, bands, strict=True)]
    return "; ".join(["Line: the middle history", *reversed(parts)])


def _panel(assessment: Assessment, fan: Fan, bands: list[tuple[str, str, str]], top: float, *, narrow: bool) -> Any:
    colour = theme.party_colours(assessment)[fan.party]
    dash = dict(zip(assessment.prior, theme.PARTY_DASHES, strict=True))[fan.party]
    whole = fan.kind == "stamina"
    scale = alt.Scale(domain=[0, 1 if whole else top], nice=not whole)
    y_axis = alt.Axis(tickCount=3, title=None, format=".1f" if whole or top >= 0.3 else ".2f")
    last = fan is assessment.fans[-1]
    word = assessment.period_word
    title = f"{word.capitalize()}s since the start" if last else None
    x_axis = alt.Axis(title=title, labels=last, ticks=last, tickMinStep=1, format="d", grid=True)
    x_scale = alt.Scale(domain=[fan.periods[0], fan.periods[-1]], nice=False)
    base = alt.Chart(theme.data(_rows(fan))).encode(x=alt.X("period:Q", axis=x_axis, scale=x_scale))
    marks = [
        base.mark_area(color=colour, opacity=0.2 + 0.12 * depth).encode(
            y=alt.Y(f"{_column(low)}:Q", scale=scale, axis=y_axis), y2=f"{_column(high)}:Q"
        )
        for depth, (low, high, _) in enumerate(bands)
    ]
    middle = base.mark_line(color=colour, strokeWidth=2.2, strokeDash=dash).encode(y=alt.Y("middle:Q", scale=scale))
    hover = base.mark_rule(opacity=0, strokeWidth=10).encode(tooltip=_tooltip(bands, word))
    return alt.layer(
        *marks,
        middle,
        *_invitation(assessment, fan),
        hover,
        title=_title(assessment, fan, 14 if narrow else 50),
        width=285 if narrow else 690,
        height=95 if narrow else 110,
    )


def _invitation(assessment: Assessment, fan: Fan) -> list[Any]:
    """Return a line at the invitation, named in the first panel; nothing if the histories start with it."""
    when = assessment.invitation.period
    if not fan.periods[0] < when < fan.periods[-1]:
        return []
    late = when > (fan.periods[0] + fan.periods[-1]) / 2
    label = "invitation" if fan is assessment.fans[0] else ""
    base = alt.Chart(theme.data([{"period": when, "label": label}])).encode(x=alt.X("period:Q"))
    rule = base.mark_rule(color=theme.INK, strokeDash=[2, 3])
    words = base.mark_text(align="right" if late else "left", baseline="top", dx=-4 if late else 4, dy=3, fontSize=12)
    return [rule, words.encode(y=alt.value(0), text="label:N")]


def _column(quantile: str) -> str:
    return "q" + quantile.replace(".", "_")


def _rows(fan: Fan) -> theme.Rows:
    step = -(-len(fan.periods) // _MOST_PERIODS)
    kept = sorted({*range(0, len(fan.periods), step), len(fan.periods) - 1})
    middle = min(fan.quantiles, key=lambda q: abs(float(q) - 0.5))
    return [
        {
            "period": fan.periods[t],
            "middle": fan.quantiles[middle][t],
            **{_column(q): numbers[t] for q, numbers in fan.quantiles.items()},
        }
        for t in kept
    ]


def _tooltip(bands: list[tuple[str, str, str]], word: str) -> list[alt.Tooltip]:
    shown = [
        alt.Tooltip("period:Q", title=f"{word.capitalize()}s since the start", format="d"),
        alt.Tooltip("middle:Q", title="Middle history", format=".2f"),
    ]
    for low, high, words in reversed(bands):
        shown.append(alt.Tooltip(f"{_column(low)}:Q", title=f"{words} from", format=".2f"))
        shown.append(alt.Tooltip(f"{_column(high)}:Q", title=f"{words} to", format=".2f"))
    return shown


def _title(assessment: Assessment, fan: Fan, longest: int) -> str:
    party = cut(fan.party, longest)
    if fan.kind == "stamina":
        return f"Stamina of {party} (1 fresh, 0 collapsed)"
    if fan.kind == "pressure":
        return f"Pressure by {party} (harm done, stakes per {assessment.period_word})"
    return f"{fan.kind} of {party}"


def _description(assessment: Assessment) -> str:
    word = assessment.period_word
    parts = []
    for fan in assessment.fans:
        first, *_, last = [*_rows(fan), *_rows(fan)[-1:]]
        parts.append(
            f"{_title(assessment, fan, 90)}: in the middle history from {first['middle']:.2f} after "
            f"{first['period']} to {last['middle']:.2f} after {last['period']} {word}s."
        )
    return "Chart over time. " + " ".join(parts)
