"""Where the text of a scenario comes from: the bundled ones, and files."""

from __future__ import annotations

from pathlib import Path

from duress.errors import InputError
from duress.scenario.reading.fields import listed, nearest
from duress.scenario.reading.source import MAX_BYTES, decode, shown

LIBRARY = Path(__file__).parents[1] / "library"
"""Folder of the bundled scenarios and histories."""


def bundled() -> tuple[str, ...]:
    """Return the names of the bundled scenarios, in alphabetical order."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.yaml")))


def text_of(path: Path, wanted: str, named: str = "") -> str:
    """Return the text of a file that the user called ``wanted``; lines in faults are ``named`` after it, if given.

    Raises
    ------
    InputError
        If it is not there, cannot be read, is too large or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
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
    return decode(content, named)
