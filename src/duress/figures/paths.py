"""Pressure and stamina after each reply, side by side."""

from __future__ import annotations

from typing import Any

import altair as alt

from duress.assess.record import Assessment, Path
from duress.figures import theme
from duress.figures.text import cut, fold

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#333333", "#E69F00")
_DASHES = ([1, 0], [8, 3], [2, 2], [8, 3, 2, 3], [5, 2], [1, 3])
_MOST = len(_COLOURS)


def paths_chart(assessment: Assessment, *, narrow: bool = False) -> Any:
    """Chart what pressure and stamina do after each reply: a panel for each, a line for each reply.

    Lines are means over simulated histories that begin with the reply. Of more than six replies, those worth most to
    some type are drawn.

    Parameters
    ----------
    narrow : bool
        True for a phone.

    Raises
    ------
    ValueError
        If nothing presses and nobody can be exhausted, so that there is nothing to draw.
    """
    replies = sorted(assessment.replies, key=lambda r: -max(r.value.values()))[:_MOST]
    drawn = [r for r in assessment.replies if r in replies]
    if not drawn[0].paths:
        raise ValueError("there is nothing to draw: nobody has a lever")
    names = [cut(r.reply, 30 if narrow else 44) for r in drawn]
    by_panel = [[r.paths[n] for r in drawn] for n in range(len(drawn[0].paths))]
    top = max([0.05, *(max(p.mean) for paths in by_panel for p in paths if p.kind == "pressure")])
    panels = [_panel(assessment, paths, names, top, last=paths is by_panel[-1], narrow=narrow) for paths in by_panel]
    resolve = alt.Resolve(scale=alt.ScaleResolveMap(x="shared", color="shared"))
    return theme.finished(alt.vconcat(*panels, spacing=12, resolve=resolve), _description(assessment, by_panel, names))


def _panel(assessment: Assessment, paths: list[Path], names: list[str], top: float, *, last: bool, narrow: bool) -> Any:
    stamina = paths[0].kind == "stamina"
    word = assessment.period_word
    rows: theme.Rows = [
        {"reply": name, "period": t + 1, "mean": y}
        for name, path in zip(names, paths, strict=True)
        for t, y in zip(path.periods, path.mean, strict=True)
    ]
    axis = alt.Axis(
        title=f"{word.capitalize()}" if last else None, labels=last, ticks=last, tickMinStep=1, format="d", grid=True
    )
    columns = 1 if narrow else min(len(names), 2)
    legend = alt.Legend(columns=columns, symbolType="stroke", symbolSize=900, symbolStrokeWidth=2.4)
    scale = alt.Scale(domain=names, range=list(_COLOURS[: len(names)]))
    dashes = alt.Scale(domain=names, range=list(_DASHES[: len(names)]))
    periods = paths[0].periods
    return (
        alt.Chart(theme.data(rows))
        .mark_line(strokeWidth=2.4, point=len(periods) == 1)
        .encode(
            x=alt.X("period:Q", axis=axis, scale=alt.Scale(domain=[periods[0] + 1, periods[-1] + 1], nice=False)),
            y=alt.Y(
                "mean:Q",
                axis=alt.Axis(tickCount=3, title=None, format=".1f" if stamina or top >= 0.3 else ".2f"),
                scale=alt.Scale(domain=[0, 1 if stamina else top], nice=not stamina),
            ),
            color=alt.Color("reply:N", scale=scale, sort=names, legend=legend),
            strokeDash=alt.StrokeDash("reply:N", scale=dashes, sort=names, legend=legend),
            tooltip=[
                alt.Tooltip("reply:N", title="After"),
                alt.Tooltip("period:Q", title=word.capitalize(), format="d"),
                alt.Tooltip("mean:Q", title="Mean", format=".2f"),
            ],
        )
        .properties(
            title=fold(_title(paths[0], word, 18 if narrow else 50), 40 if narrow else 100).split("\n"),
            width=285 if narrow else 690,
            height=95 if narrow else 110,
        )
    )


def _title(path: Path, word: str, longest: int) -> str:
    party = cut(path.party, longest)
    if path.kind == "stamina":
        return f"Stamina of {party} (1 fresh, 0 collapsed)"
    return f"Pressure by {party} (harm done, stakes per {word})"


def _description(assessment: Assessment, by_panel: list[list[Path]], names: list[str]) -> str:
    word = assessment.period_word
    parts = []
    for paths in by_panel:
        ends = "; ".join(
            f"from {p.mean[0]:.2f} to {p.mean[-1]:.2f} after “{name}”" for name, p in zip(names, paths, strict=True)
        )
        parts.append(f"{_title(paths[0], word, 90)}: {ends}.")
    return f"Lines by {word}, one for each reply. " + " ".join(parts)
