"""Waiting for a work on the page: how far it is, and a way to stop."""

from __future__ import annotations

import asyncio

from nicegui import ui

from .solving import Work

SOLVING = "Solving: every stage of the game, once; after that it is kept."


async def waited(work: Work, begins: str = SOLVING, unit: str = "periods") -> Work:
    """Show how far a work is, with a way to stop waiting, until it is over; clears what it has shown.

    ``begins`` is said before anything is known; ``unit`` is what is counted while nothing else is said.
    """
    if work.over:
        return work
    stopped = asyncio.Event()
    with ui.element("div").classes("solving") as box:
        words = ui.label(begins).props("role=status aria-live=polite")
        bar = ui.linear_progress(0, show_value=False).props('aria-label="How far it is"')
        ui.button("Cancel", on_click=stopped.set).props("flat no-caps")
    while not work.over and not stopped.is_set():
        await asyncio.sleep(0.1)
        if work.total:
            bar.value = work.done / work.total
            words.text = f"{work.step or begins.split(':')[0]}: {work.done} of {work.total} {unit}."
    work.leave()
    box.delete()
    return work
