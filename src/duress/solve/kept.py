"""Room for what a solution keeps of every period: in memory, or on disk where it is large."""

from __future__ import annotations

import math
import os
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiled import cache_folder
from ..errors import InputError

IN_MEMORY = 2**30
"""Bytes up to which what is kept of every period stays in memory; a larger array lies in a file without a name."""


def kept_array(shape: tuple[int, ...], kind: np.dtype) -> NDArray[Any]:
    """Return an array for what is kept of every period, its content arbitrary.

    A large one lies on disk, vanishes with the process, and takes memory only as far as there is some to spare.

    Raises
    ------
    InputError
        If the disk has no room for it.
    """
    size = math.prod(shape) * kind.itemsize
    if size <= IN_MEMORY:
        return np.empty(shape, kind)
    folder = cache_folder().parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, size)
            return np.asarray(np.memmap(file, kind, "r+", shape=shape))
    except OSError as error:
        raise InputError(
            f"keeping values and behaviour of every period takes {size / 2**30:.1f} GB on disk, in {str(folder)!r}: "
            f"{error.strerror}. Set NUMBA_CACHE_DIR to a folder with more room, or reduce beliefs or the horizon"
        ) from None
