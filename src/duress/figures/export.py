"""Charts as files and as parts of a page, without a browser and without a network."""

from __future__ import annotations

import functools
import html
import re
from typing import Any

import altair as alt
import vl_convert

from duress.figures.text import printable

_LANGUAGE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def to_vega(chart: Any) -> dict[str, Any]:
    """Compile a chart to Vega, which `draw` draws here and `vega_javascript` in a page."""
    compiled = vl_convert.vegalite_to_vega(_printable(chart.to_dict(validate=False)), vl_version=_LANGUAGE)
    compiled.pop("$schema", None)
    return compiled


def draw(compiled: dict[str, Any], name: str) -> str:
    """Draw what `to_vega` gave as one SVG element.

    Parameters
    ----------
    compiled : dict
        A chart compiled to Vega.
    name : str
        Letters and hyphens, put before every id in the drawing, so that several drawings can stand in one page.
    """
    drawing = vl_convert.vega_to_svg(compiled, allowed_base_urls=[])
    drawing = re.sub(r'(?<= )id="(?=[\w-]+")', f'id="{name}-', drawing)
    return drawing.replace('="url(#', f'="url(#{name}-')


def to_svg(chart: Any, name: str = "chart") -> str:
    """Draw a chart as one SVG element; ``name`` as for `draw`."""
    return draw(to_vega(chart), name)


def to_html(chart: Any, title: str) -> str:
    """Return one page that holds a chart and needs nothing else: a drawing, with what it shows in words."""
    said = html.escape(printable(title)), html.escape(printable(chart.description))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        "<style>body{font-family:sans-serif;margin:1rem}svg{max-width:100%;height:auto}</style>\n"
        f"<title>{said[0]}</title>\n<h1>{said[0]}</h1>\n{to_svg(chart)}\n<p>{said[1]}</p>\n</html>\n"
    )


def _printable(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _printable(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_printable(value) for value in part]
    return printable(part) if isinstance(part, str) else part


@functools.cache
def vega_javascript() -> str:
    """Return Vega and its embedding as one script that needs nothing else and defines ``window.vegaEmbed``."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=_LANGUAGE)
