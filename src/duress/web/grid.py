"""Tables that turn into a list of facts where there is no width for columns, and stay tables to a screen reader."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence

from nicegui import ui


def grid(
    headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = (), looks: str = ""
) -> None:
    """Put a table.

    Parameters
    ----------
    headings : sequence of str
        Of the columns; on a phone each stands before its cell. The first column names its row.
    rows : sequence of sequence of str
        The cells of each row, as text; empty ones are left out on a phone.
    numbers : collection of int
        Columns that hold numbers.
    looks : str
        Further classes.
    """
    kinds = [' class="n"' if n in numbers else "" for n in range(len(headings))]
    above = "".join(
        f'<th role="columnheader" scope="col"{kind}>{html.escape(name)}</th>'
        for name, kind in zip(headings, kinds, strict=True)
    )
    body = "".join(f'<tr role="row">{_cells(headings, row, kinds)}</tr>' for row in rows)
    ui.html(
        # The roles are those a table has; a browser forgets them where the table is laid out as a list.
        f'<table role="table"><thead role="rowgroup"><tr role="row">{above}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>',
        sanitize=False,
    ).classes(f"grid-of-facts {looks}")


def _cells(headings: Sequence[str], row: Sequence[str], kinds: Sequence[str]) -> str:
    parts = []
    for n, (name, text, kind) in enumerate(zip(headings, row, kinds, strict=True)):
        tag, role = ("th", 'role="rowheader" scope="row"') if n == 0 else ("td", 'role="cell"')
        parts.append(f'<{tag} {role}{kind} data-name="{html.escape(name)}">{html.escape(text)}</{tag}>')
    return "".join(parts)
