"""Scenarios by name or path."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from duress.scenario.reading.files import LIBRARY, bundled, text_of
from duress.scenario.reading.whole import read
from duress.scenario.schema import Scenario


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
        return read(text_of(LIBRARY / f"{wanted}.yaml", wanted), wanted)
    path = Path(wanted)
    return read(text_of(path, wanted), path.stem, str(path))
