"""Who is there: somebody with a page open, or with one that was open not long ago."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import Client

LEFT_AFTER = 180.0
"""Seconds without a page after which somebody has left; a phone that sleeps for a moment has not."""


class Presence:
    """Whether somebody is there, judged by the pages they have open.

    Parameters
    ----------
    now : callable
        Gives the time in seconds.
    back : callable
        Called when somebody who had left is there again.
    """

    def __init__(self, now: Callable[[], float], back: Callable[[], None]) -> None:
        self._now, self._back = now, back
        self._pages: set[str] = set()
        self._last = now()

    @property
    def left(self) -> bool:
        """Whether no page was open for `LEFT_AFTER` seconds; who has just joined has not left."""
        return not self._pages and self._now() - self._last > LEFT_AFTER

    def opened(self, page: str) -> None:
        """Count a page that has connected."""
        was_gone = self.left
        self._pages.add(page)
        if was_gone:
            self._back()

    def closed(self, page: str) -> None:
        """Count a page no longer, whose connection was lost."""
        self._pages.discard(page)
        self._last = self._now()

    def follow(self, client: Client) -> None:
        """Count a page of the server for as long as it is connected."""

        def lost() -> None:
            if not client.has_socket_connection:  # a page that came back may be told late of the connection before
                self.closed(client.id)

        client.on_connect(lambda: self.opened(client.id))
        client.on_disconnect(lost)
