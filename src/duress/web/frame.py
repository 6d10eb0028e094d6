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


NO_SEED = "Seed: nothing is drawn yet"
NO_CERTIFICATE = "nothing is solved here yet"


class Bar:
    """The bar at the top, on every page: home, that this is a model, the seed, and how good the solution is.

    Parameters
    ----------
    seed : str
        In words.
    certificate : str
        A sentence; empty while nothing is solved.
    notes : sequence of str
        Further sentences that open with the certificate.
    of : str
        Of which game it is, if that is not plain; with a space before it.
    """

    def __init__(self, seed: str = NO_SEED, certificate: str = "", notes: Sequence[str] = (), of: str = "") -> None:
        self._told = seed, certificate, tuple(notes), of
        ui.colors(primary=PRIMARY)
        with ui.element("header").classes("always"):
            ui.link("duress", "/").classes("home")
            ui.label(f"{MODEL_LINE}.").classes("model")
            self._standing()

    def tell(self, seed: str = NO_SEED, certificate: str = "", notes: Sequence[str] = (), of: str = "") -> None:
        """Say something else from now on."""
        told = seed, certificate, tuple(notes), of
        if told != self._told:
            self._told = told
            self._standing.refresh()

    @ui.refreshable_method
    def _standing(self) -> None:
        seed, certificate, notes, of = self._told
        ui.label(seed).classes("seed")
        if not certificate:
            ui.label(f"Certificate: {NO_CERTIFICATE}").classes("certificate")
            return
        with ui.element("details").classes("certificate"):
            begin = html.escape(f"Certificate{of}: {certificate.split(':')[0]}")
            ui.html(begin, sanitize=False, tag="summary")
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
