"""Whom an assessment is for."""

from __future__ import annotations

from ..errors import Fault, InputError
from ..scenario.schema import Scenario


def party_name(scenario: Scenario, party: str | None) -> str:
    """Return the party of ``scenario`` meant by ``party``, whatever its case; the second to move if None.

    Raises
    ------
    InputError
        If it is neither of the two.
    """
    if party is None:
        return scenario.order[1]
    for name in scenario.parties:
        if name.casefold() == party.casefold():
            return name
    raise InputError(Fault("party", f"'{party}' is not a party; the parties are {' and '.join(scenario.parties)}"))
