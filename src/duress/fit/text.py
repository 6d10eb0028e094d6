"""Fits as text, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby, zip_longest
from textwrap import wrap
from typing import Any

from ..shown import html_table
from .record import Fit

WIDTH = 78


def facts(fit: Fit) -> list[tuple[str, str]]:
    """Return what was fitted and how well, as pairs of a name and a text."""
    return [
        ("Model", fit.model.name),
        ("Method", fit.model.method_said),
        ("Outcome", ", ".join(fit.outcome)),
        ("Errors", fit.errors),
        ("Rows", f"{fit.nobs:,}"),
        ("Coefficients", str(len(fit.names))),
        ("Log-likelihood" if fit.model.has_likelihood else "Pseudo-log-likelihood", f"{fit.loglik:.4f}"),
        ("AIC", f"{fit.aic:.2f}"),
        ("BIC", f"{fit.bic:.2f}"),
    ]


NONE = "n/a"
"""In place of an error that cannot be given."""
_HEADS = ["coef", "std err", "z", "P>|z|", "[0.025", "0.975]"]
_WIDTHS = (10, 10, 8, 7, 9, 9)
_NAMES = WIDTH - sum(_WIDTHS)
_WORDS = 5
"""How many of the facts are words, not numbers."""
_FACT = 28


def _rows(fit: Fit) -> list[tuple[str, str, list[str]]]:
    return [(row["utility"], row["term"], _cells(row)) for row in fit.table.iter_rows(named=True)]


def _cells(row: Mapping[str, Any]) -> list[str]:
    """Return a row of the table as text: powers of ten where decimals would tell nothing, or too much to fit."""
    tens = _in_tens(row["estimate"], row["std_error"])
    places = (".2e", ".2e", ".1e") if tens else (".4f", ".4f", ".3f")
    parts = [(row["estimate"], places[0]), (row["std_error"], places[1]), (row["z"], ".3f"), (row["p"], ".3f")]
    parts += [(row["low"], places[2]), (row["high"], places[2])]
    if row["z"] is not None and abs(row["z"]) >= 100.0:
        parts[2] = (row["z"], ".1f")
    return [NONE if value is None else f"{value:{form}}" for value, form in parts]


def _in_tens(estimate: float, error: float | None) -> bool:
    size = abs(estimate) if error is None else error
    return 0.0 < size < 1e-3 or max(abs(estimate), size) >= 1e4


def summary(fit: Fit) -> str:
    """Return a page of text, as statsmodels lays it out, 78 columns wide."""
    lines = [f"{fit.model.title} results".center(WIDTH).rstrip(), "=" * WIDTH, *_facts_in_columns(facts(fit))]
    heads = "".join(f"{h:>{w}}" for h, w in zip(_HEADS, _WIDTHS, strict=True))
    lines += ["=" * WIDTH, " " * _NAMES + heads]
    for utility, group in groupby(_rows(fit), key=lambda row: row[0]):
        lines += ["-" * WIDTH, utility]
        for _, term, cells in group:
            shown = "  " + ("constant" if term == "1" else term)
            if len(shown) > _NAMES:
                lines += wrap(shown.strip(), WIDTH, initial_indent="  ", subsequent_indent="    ")
                shown = ""
            numbers = "".join(f"{c:>{w}}" for c, w in zip(cells, _WIDTHS, strict=True))
            lines.append(f"{shown:<{_NAMES}}{numbers}")
    lines.append("=" * WIDTH)
    zero = [name for name in fit.model.utilities if fit.formulas[name] == "0"]
    said = [f"Set to 0: {', '.join(zero)}."] if zero else []
    for sentence in (*said, fit.status, *fit.all_notes()):
        lines += wrap(sentence, WIDTH)
    return "\n".join(lines)


def _facts_in_columns(pairs: list[tuple[str, str]]) -> list[str]:
    """Return facts in two columns, words and numbers; words too long for theirs have lines to themselves."""
    words, numbers = pairs[:_WORDS], pairs[_WORDS:]
    short = [(name, value) for name, value in words if len(value) <= _FACT]
    lines = []
    for left, right in zip_longest(short, numbers):
        first = f"{left[0] + ':':<9}{left[1]:>{_FACT}}" if left else " " * (9 + _FACT)
        second = f"   {right[0] + ':':<24}{right[1]:>14}" if right else ""
        lines.append((first + second).rstrip())
    for name, value in words:
        if len(value) > _FACT:
            lines += wrap(f"{name}: {value}", WIDTH, subsequent_indent="  ")
    return lines


def to_html(fit: Fit) -> str:
    """Return the facts and the coefficients as two small tables."""
    rows = [[u, "constant" if t == "1" else t, *cells] for u, t, cells in _rows(fit)]
    said = " ".join((fit.status, *fit.all_notes()))
    top = html_table(["", ""], [list(pair) for pair in facts(fit)])
    return f"{top}{html_table(['utility', 'term', *_HEADS], rows)}<p>{escape(said)}</p>"


_LATEX = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
          "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}  # fmt: skip


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)


def _in_latex(value: float, tens: bool) -> str:
    if not tens:
        return f"{value:.3f}"
    size, power = f"{value:.2e}".split("e")
    return rf"{size} \times 10^{{{int(power)}}}"


def to_latex(fits: Sequence[Fit], names: Sequence[str] | None = None) -> str:
    """Return a LaTeX table (booktabs) with a column for each fit: estimates, standard errors below, stars at 5 %."""
    names = list(names or [fit.model.method_said for fit in fits])
    terms = list(dict.fromkeys(name for fit in fits for name in fit.names))
    order = list(dict.fromkeys(u for fit in fits for u in fit.model.utilities))
    terms.sort(key=lambda name: order.index(name.split(":", 1)[0]))
    lines = [
        rf"\begin{{tabular}}{{ll{'r' * len(fits)}}}", r"\toprule",
        " & ".join(["", "", *(_latex(name) for name in names)]) + r" \\", r"\midrule",
    ]  # fmt: skip
    before = ""
    for name in terms:
        utility, term = name.split(":", 1)
        estimates, errors = [], []
        for fit in fits:
            there = name in fit.names
            k = fit.names.index(name) if there else 0
            p = fit.table["p"][k]
            star = "^{*}" if there and p is not None and p < 0.05 else ""
            error = fit.table["std_error"][k]
            tens = _in_tens(fit.coefficients[k], error)
            estimates.append(f"${_in_latex(fit.coefficients[k], tens)}{star}$" if there else "")
            errors.append("" if not there else f"({NONE})" if error is None else f"$({_in_latex(error, tens)})$")
        shown = "constant" if term == "1" else term
        lines.append(" & ".join([_latex(utility if utility != before else ""), _latex(shown), *estimates]) + r" \\")
        lines.append(" & ".join(["", "", *errors]) + r" \\")
        before = utility
    lines += [
        r"\midrule",
        " & ".join(["Log-likelihood", "", *(f"${fit.loglik:.2f}$" for fit in fits)]) + r" \\",
        " & ".join(["AIC", "", *(f"${fit.aic:.2f}$" for fit in fits)]) + r" \\",
        " & ".join(["Rows", "", *(f"${fit.nobs}$" for fit in fits)]) + r" \\",
        r"\bottomrule", r"\end{tabular}",
    ]  # fmt: skip
    return "\n".join(lines)
