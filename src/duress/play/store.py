"""Games that are kept: in an SQLite file in the user's data folder, or in any database by address.

A game is kept as its link, from which all of it comes back, and beside it every move as a row: what could be done,
what each was worth to the mover's true type in the solved game, and what was done. From these rows alone one can
estimate how sharply people respond. No more is kept of a person than the name it chose.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from .. import __version__
from ..errors import Fault, InputError
from .link import link_of, open_link
from .match import Match
from .setting import Setting

if TYPE_CHECKING:
    import polars

DATABASE = "DURESS_DB"
"""Environment variable that holds the address of the database, such as postgresql://user@host/name."""

LAYOUT = 1
"""Number of the layout of the tables."""

_META = sa.MetaData()
_LAYOUTS = sa.Table("duress_layout", _META, sa.Column("number", sa.Integer, primary_key=True))
_GAMES = sa.Table(
    "duress_games",
    _META,
    sa.Column("game", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("turns", sa.Integer, nullable=False),
    sa.Column("over", sa.Boolean, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
)
_MOVES = sa.Table(
    "duress_moves",
    _META,
    sa.Column("game", sa.ForeignKey("duress_games.game", ondelete="CASCADE"), primary_key=True),
    sa.Column("node", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("player", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("chosen", sa.Integer, nullable=False),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("worth", sa.Text, nullable=False),
    sa.Column("precision", sa.Float, nullable=False),
    sa.Column("about_mover", sa.Float, nullable=False),
    sa.Column("about_other", sa.Float, nullable=False),
    sa.Column("what_if", sa.Boolean, nullable=False),
)


@dataclass(frozen=True)
class Kept:
    """A game in the store: its number, what it is of, how far it is, and its link."""

    game: int
    scenario: str
    version: str
    seed: int
    turns: int
    over: bool
    link: str


class Store:
    """The games that are kept.

    Parameters
    ----------
    url : str, optional
        Address of a database; default `DATABASE`, else a file in the user's data folder.

    Raises
    ------
    InputError
        If the address cannot be used, the database cannot be reached, or its tables are of another layout.
    """

    def __init__(self, url: str | None = None) -> None:
        self._shown = "the database"
        with self._said():
            address = sa.make_url(url or os.environ.get(DATABASE) or _file())
            if address.drivername in ("postgresql", "postgres"):
                address = address.set(drivername="postgresql+psycopg")
            self._shown = address.render_as_string(hide_password=True)
            try:
                self._engine = sa.create_engine(address)
            except ModuleNotFoundError as error:
                raise InputError(
                    Fault(
                        DATABASE,
                        f"needs the package {error.name}, which is not installed: pip install duress[postgres]",
                    )
                ) from None
            _META.create_all(self._engine)
            found = self._layout()
        if found != LAYOUT:
            raise InputError(Fault(DATABASE, f"holds games in layout {found}; duress {__version__} reads {LAYOUT}"))

    def _layout(self) -> int:
        """Return the number of the layout of the tables; they are ours if there was none."""
        try:
            with self._engine.begin() as connection:
                found = connection.scalar(sa.select(_LAYOUTS.c.number))
                if found is None:
                    connection.execute(_LAYOUTS.insert().values(number=LAYOUT))
        except IntegrityError:  # somebody else has just written it
            return self._layout()
        return LAYOUT if found is None else found

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in a sentence what the database says; never its password."""
        try:
            yield
        except (ArgumentError, NoSuchModuleError):
            raise InputError(
                Fault(DATABASE, "is no address of a database; write sqlite:///FILE or postgresql://USER@HOST/NAME")
            ) from None
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise InputError(Fault(DATABASE, f"{self._shown} cannot be used: {reason}")) from None

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def keep(self, match: Match, game: int | None = None, was: str = "") -> int:
        """Keep a match and return its number.

        Parameters
        ----------
        match : Match
        game : int, optional
            Number of a game in whose place it is kept.
        was : str
            The link that game must have been left at: if somebody has played it on since, this is another game. Empty
            if it does not matter.

        Raises
        ------
        InputError
            If there is no such game, or the database refuses.
        """
        setting, table = match.setting, match.table
        row = {
            "scenario": setting.scenario.name,
            "digest": setting.scenario.digest,
            "version": __version__,
            "seed": table.seed,
            "turns": match.turns,
            "over": any(node.table.over for node in match.nodes),
            "link": link_of(match, sealed=True),
        }
        with self._said(), self._engine.begin() as connection:
            if game is None:
                game = self._begun(connection, row)
            else:
                there = _GAMES.c.game == game
                as_left = there if not was else sa.and_(there, _GAMES.c.link == was)
                if not connection.execute(_GAMES.update().where(as_left).values(row)).rowcount:
                    if not was:
                        raise InputError(Fault("game", f"{game} is not kept"))
                    game = self._begun(connection, row)
            connection.execute(_MOVES.delete().where(_MOVES.c.game == game))
            moves = [{"game": game, **made} for made in moves_of(match)]
            if moves:
                connection.execute(_MOVES.insert(), moves)
        return game

    @staticmethod
    def _begun(connection: sa.Connection, row: dict[str, Any]) -> int:
        """Write a game that is not there yet and return its number."""
        return int(connection.execute(_GAMES.insert().values(row)).inserted_primary_key[0])  # type: ignore[index]

    def left_at(self, link: str) -> int | None:
        """Return the number of the game that was left just as ``link`` has it, the latest begun; None if none was."""
        found = self._games(_GAMES.c.link == link)
        return found[0].game if found else None

    def games(self) -> tuple[Kept, ...]:
        """Return what is kept, the latest begun first."""
        return self._games(sa.true())

    def find(self, game: int) -> Kept:
        """Return a kept game.

        Raises
        ------
        InputError
            If there is none of this number.
        """
        found = self._games(_GAMES.c.game == game)
        if not found:
            raise InputError(Fault("game", f"{game} is not kept"))
        return found[0]

    def _games(self, which: sa.ColumnElement[bool]) -> tuple[Kept, ...]:
        columns = [_GAMES.c[name] for name in Kept.__dataclass_fields__]
        query = sa.select(*columns).where(which).order_by(_GAMES.c.game.desc())
        with self._said(), self._engine.connect() as connection:
            return tuple(Kept(*row) for row in connection.execute(query))

    def match(self, game: int, setting: Setting | None = None) -> Match:
        """Return a kept game as it was left, solved on ``setting`` if given; faults as of `open_link`."""
        return open_link(self.find(game).link, setting)

    def forget(self, game: int) -> None:
        """Remove a game and its moves."""
        with self._said(), self._engine.begin() as connection:
            connection.execute(_MOVES.delete().where(_MOVES.c.game == game))
            connection.execute(_GAMES.delete().where(_GAMES.c.game == game))

    def moves(self) -> polars.DataFrame:
        """Return every move of every game, one row each.

        Columns: game, scenario, digest, version, seed; node, turn and period (from 1); party, player, name, type, move;
        ``options`` and ``worth``, lists of what could be done and of what each was worth to the mover's true type, in
        discounted stakes; ``chosen``, the number of the move among them, from 0; ``precision`` of that party in the
        equilibrium; ``about_mover`` and ``about_other``, what the public believed of the second type of each before the
        move; ``what_if``, whether the move was made after going back, when the mover knew more than it would have.
        """
        import polars as pl

        head = [_GAMES.c[name] for name in ("scenario", "digest", "version", "seed")]
        query = sa.select(_MOVES, *head).join(_GAMES).order_by(_MOVES.c.game, _MOVES.c.node)
        with self._said(), self._engine.connect() as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
        first = ("game", "scenario", "digest", "version", "seed")
        kinds = {sa.Integer: pl.Int64, sa.BigInteger: pl.Int64, sa.Float: pl.Float64, sa.Boolean: pl.Boolean}
        schema: dict[str, Any] = {}
        for column in [*(_GAMES.c[name] for name in first), *list(_MOVES.c)[1:]]:
            schema[column.name] = kinds.get(type(column.type), pl.String)
        schema |= {"options": pl.List(pl.String), "worth": pl.List(pl.Float64)}
        for row in rows:
            row["options"], row["worth"] = json.loads(row["options"]), json.loads(row["worth"])
        return pl.DataFrame([[row[name] for name in schema] for row in rows], schema=schema, orient="row")


def moves_of(match: Match) -> list[dict[str, Any]]:
    """Return a row for every move of every line of ``match``."""
    game, seats = match.setting.game, match.table.seats
    precision = match.setting.solution.induction.precisions
    rows, tried, after_going_back = [], set(), {0: False}
    for n, node in enumerate(match.nodes[1:], 1):
        before = match.nodes[node.parent].table
        step = node.table.steps[len(before.steps)]
        me = before.mover
        after_going_back[n] = after_going_back[node.parent] or node.parent in tried
        tried.add(node.parent)
        rows.append(
            {
                "node": n,
                "turn": before.turns + 1,
                "period": before.period + 1,
                "party": seats[me].party,
                "player": seats[me].player,
                "name": seats[me].name,
                "type": game.players[me].types[before.types[me]],
                "move": before.moves[node.move],
                "chosen": node.move,
                "options": json.dumps(before.moves, ensure_ascii=False),
                "worth": json.dumps(step.worth),
                "precision": float(precision[me]),
                "about_mover": before.beliefs[me],
                "about_other": before.beliefs[1 - me],
                "what_if": after_going_back[n],
            }
        )
    return rows


def export(store: Store, path: Path) -> int:
    """Write every move of every game to a Parquet file, see `Store.moves`; return how many there are.

    Raises
    ------
    InputError
        If the file does not end in .parquet or cannot be written.
    """
    if path.suffix != ".parquet":
        raise InputError(Fault("--out", f"must end in .parquet; found {str(path)!r}"))
    table = store.moves()
    beside = path.with_name(path.name + ".part")
    try:
        table.write_parquet(beside)
        beside.replace(path)
    except OSError as error:
        raise InputError(Fault("--out", f"{str(path)!r} cannot be written: {error.strerror or error}")) from None
    finally:
        beside.unlink(missing_ok=True)
    return len(table)


def _file() -> str:
    """Return the address of the file in the user's data folder."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folder = Path(home) / "duress"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Fault(DATABASE, f"is not set, and {str(folder)!r} cannot be made: {error.strerror}")) from None
    return f"sqlite:///{folder / 'games.sqlite'}"
