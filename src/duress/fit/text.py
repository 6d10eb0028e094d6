"""Fits as text, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

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


def _rows(fit: Fit) -> list[tuple[str, str, list[str]]]:
    return [
        (
            row["utility"],
            row["term"],
            [f"{row['estimate']:.4f}", *(_cell(row[name], places) for name, places in _CELLS)],
        )
        for row in fit.table.iter_rows(named=True)
    ]


_CELLS = (("std_error", 4), ("z", 3), ("p", 3), ("low", 3), ("high", 3))
_NONE = "n/a"
"""In place of an error that cannot be given."""


def _cell(value: float | None, places: int) -> str:
    return _NONE if value is None else f"{value:.{places}f}"


_HEADS = ["coef", "std err", "z", "P>|z|", "[0.025", "0.975]"]


def summary(fit: Fit) -> str:
    """Return a page of text, as statsmodels lays it out, at most 78 columns wide where names allow."""
    lines = [f"{fit.model.title} results".center(WIDTH), "=" * WIDTH]
    pairs = facts(fit)
    half = (len(pairs) + 1) // 2
    for k in range(half):
        left = f"{pairs[k][0] + ':':<9}{pairs[k][1]:>28}"
        right = ""
        if half + k < len(pairs):
            name, value = pairs[half + k]
            right = f"   {name + ':':<24}{value:>14}"
        lines.append((left + right).rstrip())
    rows = _rows(fit)
    name_width = max([22, *(len(term) + 2 for _, term, _ in rows)])
    widths = [10, 10, 9, 8, 9, 9]
    lines += ["=" * WIDTH, " " * name_width + "".join(f"{h:>{w}}" for h, w in zip(_HEADS, widths, strict=True))]
    for utility, group in groupby(rows, key=lambda row: row[0]):
        lines += ["-" * WIDTH, utility]
        for _, term, cells in group:
            shown = "constant" if term == "1" else term
            lines.append(
                f"  {shown:<{name_width - 2}}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))
            )
    lines.append("=" * WIDTH)
    zero = [name for name in fit.model.utilities if fit.formulas[name] == "0"]
    if zero:
        lines.append(f"Set to 0: {', '.join(zero)}.")
    lines += [fit.status, *fit.all_notes()]
    return "\n".join(lines)


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
            estimates.append(f"${fit.coefficients[k]:.3f}{star}$" if there else "")
            error = fit.table["std_error"][k]
            errors.append("" if not there else f"({_NONE})" if error is None else f"$({error:.3f})$")
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
