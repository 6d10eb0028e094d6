"""What duress says when it cannot go on: one clear sentence per fault, all faults at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it is, and what is wrong and allowed.

    Parameters
    ----------
    field : str
        Dotted path of the field, for example ``levers.oil sanctions.by``. Empty for the input as a whole.
    sentence : str
        What was found and what is allowed, without the path.
    """

    field: str
    sentence: str

    def __str__(self) -> str:
        """Return ``field: sentence``."""
        return f"{self.field}: {self.sentence}" if self.field else self.sentence


class InputError(ValueError):
    """An input that cannot be used, with every fault found in it.

    Parameters
    ----------
    faults : iterable of Fault or str
        At least one. A string is a fault of the input as a whole.
    """

    def __init__(self, faults: Iterable[Fault | str] | Fault | str) -> None:
        if isinstance(faults, (Fault, str)):
            faults = [faults]
        self.faults: tuple[Fault, ...] = tuple(f if isinstance(f, Fault) else Fault("", f) for f in faults)
        super().__init__("\n".join(str(f) for f in self.faults))


class NotSolvedError(RuntimeError):
    """A solution that does not deserve the name; the error carries it as ``solution``."""

    def __init__(self, message: str, solution: object) -> None:
        super().__init__(message)
        self.solution = solution
