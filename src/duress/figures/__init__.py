"""Every chart, once. Names are loaded when first used: the charting library is slow to import."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duress.figures.beliefs import beliefs_chart
    from duress.figures.coefficients import coefficients_chart, fit_chart, likelihood_chart
    from duress.figures.deal import deal_space
    from duress.figures.export import draw, to_html, to_svg, to_vega, vega_javascript
    from duress.figures.fan import fan_chart
    from duress.figures.levers import lever_cases_chart
    from duress.figures.paths import paths_chart
    from duress.figures.phases import phase_map
    from duress.figures.profiles import profiles_chart
    from duress.figures.replies import replies_chart
    from duress.figures.sensitivity import sensitivity_chart
    from duress.figures.timeline import timeline_chart
    from duress.figures.tornado import tornado_chart
    from duress.figures.verdicts import verdict_map

__all__ = [
    "beliefs_chart",
    "coefficients_chart",
    "deal_space",
    "draw",
    "fan_chart",
    "fit_chart",
    "lever_cases_chart",
    "likelihood_chart",
    "paths_chart",
    "phase_map",
    "profiles_chart",
    "replies_chart",
    "sensitivity_chart",
    "timeline_chart",
    "to_html",
    "to_svg",
    "to_vega",
    "tornado_chart",
    "vega_javascript",
    "verdict_map",
]

_HOME = {
    "beliefs_chart": "beliefs",
    "coefficients_chart": "coefficients",
    "deal_space": "deal",
    "draw": "export",
    "fan_chart": "fan",
    "fit_chart": "coefficients",
    "lever_cases_chart": "levers",
    "likelihood_chart": "coefficients",
    "paths_chart": "paths",
    "phase_map": "phases",
    "profiles_chart": "profiles",
    "replies_chart": "replies",
    "sensitivity_chart": "sensitivity",
    "timeline_chart": "timeline",
    "to_html": "export",
    "to_svg": "export",
    "to_vega": "export",
    "tornado_chart": "tornado",
    "vega_javascript": "export",
    "verdict_map": "verdicts",
}


def __getattr__(name: str) -> Any:
    """Import the module of a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
