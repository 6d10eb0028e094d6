"""The deal space on the page: drawn by the browser, which is told what to show after every move."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nicegui.element import Element

from ..compiled import cache_folder
from ..figures import vega_javascript
from ..figures.trail import compiled, frame
from ..play.view import View

SIZES = ("wide", "narrow")

LIBRARY = f"/drawing-{version('vl-convert-python')}.js"
"""Where the server has the drawing library; the address changes with its version."""


def library() -> Path:
    """Return the file that holds the drawing library, written if it is not there; the first time takes seconds."""
    file = cache_folder().parent / LIBRARY.lstrip("/")
    if not file.exists():
        # Written beside and then renamed, so that two servers, or one interrupted, leave nothing half-written.
        handle, beside = tempfile.mkstemp(dir=file.parent, suffix=".js")
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(vega_javascript())
        Path(beside).replace(file)
    return file


class DealSpace(Element, component="deal_space.js"):
    """A deal space with the trail of offers; empty until it is told what to show."""

    def __init__(self) -> None:
        super().__init__()
        self._props["library"] = LIBRARY

    @property
    def begun(self) -> bool:
        """Whether its charts are on the page."""
        return "specs" in self._props

    def show(self, frames: dict[str, Any], charts: dict[str, Any] | None = None) -> None:
        """Show a position; ``charts`` as `charts_of` gives them, the first time only, ``frames`` as `frames_of`."""
        self._props["frames"] = frames
        if charts is not None:
            self._props["specs"] = charts
            self.update()
        else:
            self.run_method("show", frames)


def charts_of(view: View) -> dict[str, Any]:
    """Return size -> chart, compiled: the same for every position of a game, and slow the first time."""
    return {size: compiled(view, narrow=size == "narrow") for size in SIZES}


def frames_of(view: View) -> dict[str, Any]:
    """Return size -> what its chart is to show of a position."""
    return {size: dataclasses.asdict(frame(view, narrow=size == "narrow")) for size in SIZES}
