"""Numbers in words, the same in every report: stakes with a sign and two decimals, percentages, ranges, lists."""

from __future__ import annotations

from collections.abc import Iterable

_NO_BREAK = "\u00a0"
_MINUS = "\u2212"


def number(value: float, digits: int = 2) -> str:
    """Return a number with a true minus sign and never a negative zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return text.lstrip("-")
    return text.replace("-", _MINUS)


def value(number_or_level: float | str) -> str:
    """Return a number of a scenario in three digits, or the level of a lever as it is."""
    return number_or_level if isinstance(number_or_level, str) else f"{number_or_level:.3g}"


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign shown, plus or minus; zero has none.

    Examples
    --------
    >>> signed(0.4213), signed(-3.0), signed(-0.001)
    ('+0.42', '−3.00', '0.00')
    """
    text = number(value, digits)
    return f"+{text}" if value > 0 and float(text) else text


def stakes(value: float, *, sign: bool = True) -> str:
    """Return a value in stakes, as "+0.42 stakes"."""
    return f"{signed(value) if sign else number(value)}{_NO_BREAK}stakes"


def between(values: Iterable[float], unit: str = "stakes") -> str:
    r"""Return the range of ``values`` as "0.31 to 0.52 stakes", or the one number if they show alike.

    Examples
    --------
    >>> between([0.52, 0.31])
    '0.31 to 0.52\xa0stakes'
    """
    numbers = sorted(values)
    low, high = number(numbers[0]), number(numbers[-1])
    return f"{low if low == high else f'{low} to {high}'}{_NO_BREAK}{unit}"


def percent(chance: float) -> str:
    """Return a probability as a whole percentage; never 0% or 100% of what is merely rare or nearly certain.

    Examples
    --------
    >>> percent(0.453), percent(0.001), percent(0.999), percent(0.0)
    ('45%', '<1%', '>99%', '0%')
    """
    text = f"{chance:.0%}"
    if text == "0%" and chance > 0:
        return "<1%"
    return ">99%" if text == "100%" and chance < 1 else text


def listed(items: Iterable[str]) -> str:
    """Return "a, b and c"."""
    *head, last = list(items) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def counted(count: int, word: str, plural: str = "") -> str:
    """Return a count with its noun, as "1 month" or "3 months"; the plural where it takes more than an s."""
    return f"{count:,}{_NO_BREAK}{word if count == 1 else plural or word + 's'}"


def times(ratio: float) -> str:
    """Return how many times larger, as "14 times" or "1.5 times"."""
    return f"{ratio:,.0f} times" if ratio >= 9.5 else f"{ratio:.1f} times"


def small(value: float) -> str:
    """Return a number that may be far below one: "0.004", or "3e-10" where zeros would hide it."""
    if value == 0 or abs(value) >= 0.0005:
        return number(value, 3)
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa.replace('-', _MINUS)}e{_MINUS if exponent.startswith('-') else ''}{exponent[1:].lstrip('0')}"
