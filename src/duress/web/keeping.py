"""Games played on the page are kept in the store, in the background and in order; a fault of it stops nobody's game."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from ..errors import InputError
from ..play.link import link_of
from ..play.match import Match
from ..play.store import Store


@dataclass
class Sheet:
    """Where one game is kept.

    Parameters
    ----------
    link : str
        Of the match as it was last kept, or as it was when the page was opened.
    number : int, optional
        Of the game in the store; None while it is not kept.
    fault : str
        Why it could not be kept the last time; empty if it was.
    """

    link: str
    number: int | None = None
    fault: str = ""


class Keeper:
    """Keeps games for every page of a server, one after the other.

    Parameters
    ----------
    url : str, optional
        Of the database, as for `Store`, which is opened with the first game.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url, self._store = url, None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="keeping")

    def sheet(self, match: Match) -> Sheet:
        """Return where a game is kept from now on; a game that was left just as it is goes on under its number."""
        return Sheet(link_of(match, sealed=True))

    def keep(self, sheet: Sheet, match: Match) -> Future[None]:
        """Keep a match; the future ends once it is done, with what went wrong in the sheet."""
        return self._pool.submit(self._keep, sheet, match)

    def _keep(self, sheet: Sheet, match: Match) -> None:
        try:
            self._store = self._store or Store(self._url)
            number = self._store.left_at(sheet.link) if sheet.number is None else sheet.number
            sheet.number = self._store.keep(match, number, sheet.link)
            sheet.link, sheet.fault = link_of(match, sealed=True), ""
        except InputError as error:
            sheet.fault = f"The game is not kept: {error}"

    def close(self) -> None:
        """Finish what is to be kept, and let go of the database."""
        self._pool.shutdown()
        if self._store is not None:
            self._store.close()
