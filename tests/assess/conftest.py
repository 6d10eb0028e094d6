"""The ten-line scenario solved once for all that is asked of it."""

from __future__ import annotations

import pytest

from duress import AQRE, load, solve
from duress.solve.solution import Solution


@pytest.fixture(scope="session")
def crisis() -> Solution:
    """Solve it at a precision at which replies differ."""
    return solve(load("sanctions-crisis").compile(), AQRE(precision=8, beliefs=7))
