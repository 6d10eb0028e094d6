"""Scenarios by name or path, and the ones that come with the package."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from duress.errors import InputError
from duress.scenario.reading.fields import listed, nearest
from duress.scenario.reading.source import MAX_BYTES, decode, shown
from duress.scenario.reading.whole import read
from duress.scenario.schema import Scenario

LIBRARY = Path(__file__).parent / "library"
"""Folder of the bundled scenarios and histories."""


def bundled() -> tuple[str, ...]:
    """Return the names of the bundled scenarios, in alphabetical order."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.yaml")))


def load(name_or_path: str | PathLike[str]) -> Scenario:
    """Read a scenario, with every default filled in.

    Parameters
    ----------
    name_or_path : str or path
        The name of a bundled scenario (`bundled`), or a YAML file.

    Returns
    -------
    Scenario
        Ready to be compiled.

    Raises
    ------
    InputError
        If there is no such scenario, or with every fault the file holds.

    Examples
    --------
    >>> import duress as du
    >>> crisis = du.load("sanctions-crisis")
    >>> crisis.levers["sanctions"].harm
    (0.0, 0.2, 0.5)
    """
    wanted = fspath(name_or_path)
    if wanted in bundled():
        return read(decode(_content(LIBRARY / f"{wanted}.yaml", wanted)), wanted)
    path = Path(wanted)
    return read(decode(_content(path, wanted)), path.stem, str(path))


def _content(path: Path, wanted: str) -> bytes:
    """Return the bytes of a file, at most one more than a scenario may have."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        near = nearest(path.stem, bundled())
        raise InputError(
            f"there is no file {shown(wanted)}, and no bundled scenario of this name{near} "
            f"(bundled: {listed(bundled())})"
        ) from None
    except IsADirectoryError:
        raise InputError(f"{shown(wanted)} is a folder; name a scenario file in it") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"the file {shown(wanted)} cannot be read: {reason}") from None
