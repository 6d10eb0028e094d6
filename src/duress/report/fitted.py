"""Fits of crisis data, on a terminal and as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import polars as pl
from rich.console import Console
from rich.text import Text

from duress.fit.compare import Comparison
from duress.fit.model import Model
from duress.fit.models import MODELS
from duress.fit.record import Fit
from duress.fit.text import NONE
from duress.report.page import Page
from duress.shown import html_table

_STYLE = (
    "body{font-family:sans-serif;margin:1.5rem auto;max-width:60rem;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .7rem;text-align:right}"
    "td,th{border-bottom:1px solid #ddd}"
    "td:first-child,td:nth-child(2),th:first-child,th:nth-child(2){text-align:left}"
    "h2+table :is(td,th):nth-child(2){text-align:right}pre.command{white-space:pre-wrap}"
    "@media(max-width:40rem){body{margin:.5rem auto}table,pre{font-size:.75rem}td,th{padding:.2rem .25rem}}"
    "svg{max-width:100%;height:auto}pre{overflow-x:auto;background:#f6f6f6;padding:1rem}"
)

_AGAINST = "Against the other fit"


def print_models(console: Console) -> None:
    """Print the models there are."""
    page = Page(console)
    page.table([("model", 0), ("what it is", 0)], [[name, kind.title] for name, kind in MODELS.items()])
    page.say("duress fit MODEL draws its tree and says what its utilities and outcomes are.", indent=0)


def print_model(model: Model, console: Console) -> None:
    """Print what a model is: the tree with payoffs at its leaves, the equations, the source, and how to fit it."""
    page = Page(console)
    page.say(f"{model.title} ({model.name})", "bold", indent=0)
    page.head("The game")
    for line in model.about.splitlines():
        console.print(page.shown(line), highlight=False, markup=False)
    page.head("To fit it")
    usual = model.defaults[model.utilities[0]]
    page.say(f"Utilities, each with a formula ({usual} if it has none): {', '.join(model.utilities)}.")
    page.say(f"Outcomes: {model.outcomes_asked}.")
    page.say(f'duress fit {model.name} DATA.csv --u "{model.utilities[0]} = 1 + x" --u ... --outcome ...')


def print_fit(
    fit: Fit,
    console: Console,
    effects: Mapping[str, tuple[pl.DataFrame, str]],
    profiles: Mapping[str, pl.DataFrame],
    comparisons: Sequence[Comparison],
    command: str,
) -> None:
    """Print a fit and what else was asked of it; ``effects`` holds tables, and why one has no errors."""
    page = Page(console)
    for line in fit.summary().splitlines():
        page.line(Text(page.shown(line)))
    for name, (table, note) in effects.items():
        page.head(f"Average effect of {name}")
        page.table([("outcome", 0), ("from", 9), ("to", 9), ("effect", 9), ("95 % interval", 21)], effect_rows(table))
        if note:
            page.say(note)
    for name, table in profiles.items():
        page.head(f"Profile of {name}")
        rows = [
            [f"{row['value']:.4g}", f"{row['log_likelihood']:.4f}", "yes" if row["within"] else "no"]
            for row in table.iter_rows(named=True)
        ]
        page.table([("value", 12), ("log-likelihood", 16), ("within 95 %", 12)], rows)
    if comparisons:
        page.head(_AGAINST)
        for one in comparisons:
            page.say(one.sentence)
    page.head("How to repeat it")
    page.command(command)


def effect_rows(table: pl.DataFrame) -> list[list[str]]:
    """Return the rows of a table of effects, in words and figures."""
    return [
        [
            row["outcome"],
            f"{row['at_low']:.4f}",
            f"{row['at_high']:.4f}",
            f"{row['effect']:+.4f}",
            NONE if row["low"] is None else f"{row['low']:+.4f} to {row['high']:+.4f}",
        ]
        for row in table.iter_rows(named=True)
    ]


def render(
    fit: Fit,
    effects: Mapping[str, tuple[pl.DataFrame, str]],
    profiles: Mapping[str, pl.DataFrame],
    comparisons: Sequence[Comparison],
    command: str,
) -> str:
    """Return a fit as one HTML page that needs nothing else."""
    from duress.figures import coefficients_chart, likelihood_chart, to_svg  # which take a second to import

    title = escape(fit.model.title)
    parts = [
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n<h1>{title}</h1>",
        fit.to_html(),
        to_svg(coefficients_chart(fit), "coefficients"),
    ]
    for name, (table, note) in effects.items():
        parts += [
            f"<h2>Average effect of {escape(name)}</h2>",
            html_table(["outcome", "from", "to", "effect", "95 % interval"], effect_rows(table)),
            *([f"<p>{escape(note)}</p>"] if note else []),
        ]
    if profiles:
        parts += [
            "<h2>Likelihood profiles</h2>\n<p>What the log-likelihood loses as one coefficient is held elsewhere, and "
            "dashed what its standard error has it lose. Above the rule is the 95 % interval.</p>",
            to_svg(likelihood_chart(fit, profiles), "profiles"),
        ]
    if comparisons:
        said = "".join(f"<p>{escape(one.sentence)}</p>" for one in comparisons)
        parts.append(f"<h2>{_AGAINST}</h2>\n{said}")
    parts += [
        f"<h2>The game</h2>\n<pre>{escape(fit.model.about)}</pre>",
        f'<h2>How to repeat it</h2>\n<pre class="command">{escape(command)}</pre>\n</html>\n',
    ]
    return "\n".join(parts)
