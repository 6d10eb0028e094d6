"""Where a sweep is kept while it runs, so that it can be stopped at any moment and go on from there.

``sweep.json`` says what sweep it is; ``parts/`` holds what is done, some points to a file; ``sweep.parquet`` is the
whole, in the order of the points, and takes the place of the parts once there is nothing left to do. Every file is
written beside its name first, so that a name stands for a whole file or for nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from ..errors import InputError
from .point import Row

_ABOUT, _PARTS, _WHOLE, _LOCK = "sweep.json", "parts", "sweep.parquet", ".lock"
_KINDS = {int: pl.Int64, float: pl.Float64, str: pl.String}


def key_of(about: dict[str, Any]) -> str:
    """Return the key of a sweep that is ``about`` this."""
    return hashlib.sha256(json.dumps(about, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


class Folder:
    """The folder of one sweep.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    about : dict
        All that the rows depend on, by name: plain words and numbers.

    Raises
    ------
    InputError
        If the folder holds another sweep or other files, or cannot be written.
    """

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self.path, self.about, self.key = path, about, key_of(about)
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._refuse_another()
            _write(path / _ABOUT, lambda beside: beside.write_text(json.dumps(about, indent=2, ensure_ascii=False)))
        except OSError as error:
            raise InputError(f"{str(path)!r} cannot hold a sweep: {error.strerror}") from None

    def _refuse_another(self) -> None:
        try:
            there = json.loads((self.path / _ABOUT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            if [one for one in self.path.iterdir() if one.name not in (_LOCK, _PARTS)]:
                raise InputError(f"{str(self.path)!r} holds other files; name a folder of its own") from None
            return
        except ValueError:
            there = {}
        other = [name for name in self.about if not isinstance(there, dict) or there.get(name) != self.about[name]]
        if other:
            raise InputError(
                f"{str(self.path)!r} holds another sweep, which differs in {', '.join(other)}; name another folder, or "
                "remove that one"
            )

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from sweeping into the folder.

        Raises
        ------
        InputError
            If one does already.
        """
        with (self.path / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"another process is sweeping into {str(self.path)!r}") from None
            yield

    def whole(self) -> pl.DataFrame | None:
        """Return the finished sweep, or None."""
        path = self.path / _WHOLE
        return pl.read_parquet(path) if path.is_file() else None

    def done(self) -> set[int]:
        """Return the points that are done."""
        return {point for path in self._parts() for point in pl.read_parquet(path, columns=["point"])["point"]}

    def keep(self, rows: Sequence[Row], schema: dict[str, type]) -> None:
        """Keep the rows of some points: columns of ``schema`` that a row lacks are empty there."""
        frame = pl.DataFrame(
            [{column: row.get(column) for column in schema} for row in rows],
            schema={column: _KINDS[kind] for column, kind in schema.items()},
        )
        name = f"{rows[0]['point']:07}-{len(rows)}.parquet"
        (self.path / _PARTS).mkdir(exist_ok=True)
        _write(self.path / _PARTS / name, frame.write_parquet)

    def finish(self, points: int) -> pl.DataFrame:
        """Put the parts together in the order of the points, and remove them.

        Raises
        ------
        ValueError
            If a point is missing.
        """
        frame = pl.read_parquet(self._parts()).unique("point", keep="first", maintain_order=True).sort("point")
        if len(frame) != points:
            raise ValueError(f"{points - len(frame)} points are missing")
        _write(self.path / _WHOLE, frame.write_parquet)
        shutil.rmtree(self.path / _PARTS)
        return frame

    def _parts(self) -> list[Path]:
        return sorted((self.path / _PARTS).glob("*.parquet"))


def kept_in(path: Path) -> str:
    """Say how much of a sweep that was stopped is in its folder."""
    try:
        points = json.loads((path / _ABOUT).read_text(encoding="utf-8"))["points"]
        kept = [path / _WHOLE] if (path / _WHOLE).is_file() else (path / _PARTS).glob("*.parquet")
        done = sum(len(pl.read_parquet(one, columns=["point"])) for one in kept)
    except (OSError, ValueError, KeyError):
        return "nothing was done yet"
    return f"{done:,} of {points:,} points are kept in {str(path)!r}; the same command goes on from there"


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Have ``write`` write ``path`` whole or not at all, whenever the process or the machine stops."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(beside)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
