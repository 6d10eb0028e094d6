"""Which fields of the language a scenario writes, as opposed to those it leaves to a default."""

from __future__ import annotations

from duress.scenario.json_schema import watched
from duress.scenario.reading.source import Mapping, Node, Sequence
from duress.scenario.schema import Scenario

_DEPTH = {"parties": 3, "levers": 3, "issues": 3, "talks": 2, "agreement": 2}
"""Part of a scenario -> how many words of a path name a field of it; elsewhere the first does."""

_BASICS = frozenset(
    """title summary source note period horizon order parties.* parties.*.discount parties.*.precision parties.*.types
    parties.*.breach levers.* levers.*.by levers.*.levels levers.*.harm levers.*.cost levers.*.start levers.*.step
    issues.* issues.*.positions issues.*.values issues.*.source issues.*.note levers.*.source levers.*.note
    talks.invite agreement.relief agreement.breach demand status_quo menu unsure""".split()
)
"""Fields that hardly a scenario goes without."""


def fields_in_use(scenario: Scenario) -> frozenset[str]:
    """Return the paths of the fields that ``scenario`` writes, what it extends included; ``*`` stands for a name.

    Examples
    --------
    >>> from duress.scenario import load
    >>> "levers.*.drain" in fields_in_use(load("sanctions-crisis"))
    True
    """
    known = watched().keys()
    found: set[str] = set()

    def walk(node: Node, path: str) -> None:
        if path:
            found.add(path)
        if isinstance(node, Mapping):
            for key, below in node.entries.items():
                literal = f"{path}.{key}" if path else key
                walk(below, literal if literal in known else f"{path}.*")
        elif isinstance(node, Sequence):
            for below in node.items:
                walk(below, f"{path}[]")

    walk(scenario.written.tree, "")
    return frozenset(path for path in found if path in known)


def beyond_the_basics(scenario: Scenario) -> list[str]:
    """Return the names of the fields ``scenario`` writes that say more than who presses whom over what, sorted."""
    names = set()
    for path in fields_in_use(scenario):
        words = path.replace("[]", "").split(".")
        depth = _DEPTH.get(words[0], 1)
        if len(words) >= depth and ".".join(words[:depth]) not in _BASICS:
            names.add(words[depth - 1])
    return sorted(names)
