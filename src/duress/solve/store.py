"""Solutions kept on disk, so that nothing is solved twice.

A solution is kept under a name drawn from everything it depends on: the arrays of the game, the method, the kernels and
the version. Whatever changes, the name does. The oldest are removed once all of them together take more than a limit.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from .. import __version__
from ..compiled import cache_folder, sources_digest
from ..errors import InputError
from ..game.game import Game
from .aqre import AQRE, Induction
from .certificate import Certificate
from .kernels import game_arrays

KEEP_BYTES = 2 * 2**30
"""What kept solutions may take on disk altogether; a larger one is not kept."""


def name_of(game: Game, method: AQRE) -> str:
    """Return the name under which a solution of ``game`` by ``method`` is kept."""
    digest = hashlib.sha256(
        f"{__version__} {sources_digest('game', 'solve')} {game.players} {game.periods} {game.start}".encode()
    )
    digest.update(f"{asdict(method) | {'threads': None}} {method.precisions(game)}".encode())
    for array in (*game_arrays(game)[:-1], game.closing, game.closing_row):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


def _folder() -> Path:
    return cache_folder().parent / "solutions"


def keep(name: str, induction: Induction, rough: Induction | None, certificate: Certificate) -> None:
    """Keep a solution; do nothing if it is too large, or the disk refuses."""
    parts = {"fine": induction} if rough is None else {"fine": induction, "rough": rough}
    if sum(part.values.nbytes + part.ratios.nbytes for part in parts.values()) > KEEP_BYTES // 2:
        return
    folder = _folder()
    beside = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Written beside and then renamed, so that an interrupted run leaves nothing half-written under the name.
        beside = Path(tempfile.mkdtemp(dir=folder))
        words = {"certificate": asdict(certificate), "parts": {}}
        for part, held in parts.items():
            for key, array in {**_small(held), "values": held.values, "ratios": held.ratios}.items():
                np.save(beside / f"{part}-{key}.npy", array)
            words["parts"][part] = [held.tolerance, held.branch]
        (beside / "words.json").write_text(json.dumps(words), encoding="utf-8")
        beside.rename(folder / name)
        _make_room(folder)
    except OSError:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def write(path: Path, words: dict[str, Any], induction: Induction, rough: Induction | None) -> None:
    """Write a solution to one file: beside it first, so that an interrupted run leaves nothing half-written."""
    parts = {"fine": induction} if rough is None else {"fine": induction, "rough": rough}
    arrays = {
        f"{part}-{key}": array
        for part, held in parts.items()
        for key, array in {**_small(held), "values": held.values, "ratios": held.ratios}.items()
    }
    said = {**words, "parts": {part: [held.tolerance, held.branch] for part, held in parts.items()}}
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            np.savez(file, words=np.array(json.dumps(said)), **arrays)  # type: ignore[arg-type]
        beside.replace(path)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path, game: Game) -> tuple[dict[str, Any], Induction, Induction | None]:
    """Return what `write` wrote: words, the solution, and the rougher one beside it."""
    try:
        with path.open("rb") as opened, np.load(opened) as file:
            words = json.loads(str(file["words"]))
            held = {
                part: _assembled(game, tolerance, branch, lambda key, part=part: file[f"{part}-{key}"])
                for part, (tolerance, branch) in words.pop("parts").items()
            }
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror or error}") from None
    except (ValueError, KeyError, EOFError, BadZipFile):
        raise InputError(f"{str(path)!r} holds no solution") from None
    return words, held["fine"], held.get("rough")


def _small(held: Induction) -> dict[str, NDArray[Any]]:
    plain = {key: getattr(held, key) for key in ("precisions", "unsolved", "counts")}
    return {"first": held.nodes[0], "second": held.nodes[1], **plain}


def find(name: str, game: Game) -> tuple[Induction, Induction | None, Certificate] | None:
    """Return a kept solution with its rougher companion, or None. Large arrays stay on disk until they are read."""
    folder = _folder() / name
    try:
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        parts = {part: _read(folder, part, game, *said) for part, said in words["parts"].items()}
        os.utime(folder)
    except (OSError, ValueError, KeyError):
        return None
    return parts["fine"], parts.get("rough"), Certificate(**words["certificate"])


def _read(folder: Path, part: str, game: Game, tolerance: float, branch: str) -> Induction:
    def array(key: str) -> NDArray[Any]:
        if key not in ("values", "ratios"):
            return np.load(folder / f"{part}-{key}.npy")
        # Copy on write: to kernels a read-only array is another type, for which they would be compiled again.
        return np.asarray(np.load(folder / f"{part}-{key}.npy", mmap_mode="c"))

    return _assembled(game, tolerance, branch, array)


def _assembled(game: Game, tolerance: float, branch: str, array: Callable[[str], NDArray[Any]]) -> Induction:
    return Induction(
        arrays=game_arrays(game),
        nodes=(array("first"), array("second")),
        precisions=array("precisions"),
        tolerance=tolerance,
        values=array("values"),
        ratios=array("ratios"),
        unsolved=array("unsolved"),
        counts=array("counts"),
        branch=branch,
    )


def _make_room(folder: Path) -> None:
    """Remove the solutions used longest ago until the rest fits."""
    kept = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda p: -p.stat().st_mtime)
    total = 0
    for path in kept:
        total += sum(file.stat().st_size for file in path.iterdir())
        if total > KEEP_BYTES:
            shutil.rmtree(path, ignore_errors=True)
