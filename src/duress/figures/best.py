"""Which replies count as best, for charts and tables alike."""

from __future__ import annotations

from collections.abc import Sequence

from duress.assess.record import Reply


def best_replies(replies: Sequence[Reply], kind: str, error: float) -> list[Reply]:
    """Return the replies worth most to type ``kind``, or within ``error`` stakes of it; none if all are."""
    top = max(reply.value[kind] for reply in replies)
    found = [reply for reply in replies if reply.value[kind] >= top - error]
    return found if len(found) < len(replies) else []
