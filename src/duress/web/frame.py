"""What stands around every page: the bar that stays in sight, and a refusal in sentences."""

from __future__ import annotations

import html
from collections.abc import Sequence

from nicegui import ui

from ..errors import InputError
from ..report.reading import MODEL_LINE, clean
from .guard import names_loopback

PRIMARY = "#0b5a8a"
"""Colour of what can be pressed: readable on white."""


def bar(seed: str = "", certificate: str = "", notes: Sequence[str] = ()) -> None:
    """Put the bar at the top: home, that this is a model, and at a table its seed, certificate and notes."""
    ui.colors(primary=PRIMARY)
    with ui.element("header").classes("always"):
        ui.link("duress", "/").classes("home")
        ui.label(f"{MODEL_LINE}.").classes("model")
        if seed:
            ui.label(seed).classes("seed")
        if certificate:
            with ui.element("details").classes("certificate"):
                ui.html("Certificate: " + html.escape(certificate.split(":")[0]), sanitize=False, tag="summary")
                for words in (certificate, *notes):
                    ui.label(words)


def origin(here: str) -> str:
    """Return the beginning of addresses that others may open: as this page was asked for, unless that was as loopback.

    Parameters
    ----------
    here : str
        Where the server is reached from elsewhere, http://ADDRESS:PORT.
    """
    asked = ui.context.client.request.base_url
    return here if names_loopback(asked.netloc) else str(asked).rstrip("/")


def refused(error: InputError, head: str = "That cannot be opened") -> None:
    """Say why a page is not shown."""
    ui.html(html.escape(head), sanitize=False, tag="h1")
    for fault in error.faults:
        ui.label(clean(str(fault))).classes("fault").props("role=alert")
    ui.link("All cases", "/")
