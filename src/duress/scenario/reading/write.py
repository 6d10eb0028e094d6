"""A scenario's tree back to YAML text, so that it can be sent where its file is not."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from duress.scenario.reading.source import Node, Scalar, Sequence


def as_yaml(tree: Node) -> str:
    """Return YAML that reads as ``tree``: the same digest and the same values; comments and layout are not kept."""
    events = [yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False), *_events(tree)]
    return yaml.emit([*events, yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()], allow_unicode=True)


def _events(node: Node) -> Iterator[yaml.Event]:
    """Yield what the text is to hold, everything in block style: only there may a plain word be empty."""
    if isinstance(node, Scalar):
        yield _scalar(node.text, node.plain)
    elif isinstance(node, Sequence):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not node.items)
        for item in node.items:
            yield from _events(item)
        yield yaml.SequenceEndEvent()
    else:
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not node.entries)
        for key, value in node.entries.items():
            yield _scalar(key, plain=True)
            yield from _events(value)
        yield yaml.MappingEndEvent()


def _scalar(text: str, plain: bool) -> yaml.ScalarEvent:
    # A word that cannot be written plain is quoted, plain or not: no number is among those.
    return yaml.ScalarEvent(None, None, implicit=(True, True), value=text, style=None if plain else '"')
