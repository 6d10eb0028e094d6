"""Where to write labels so that they neither cover each other nor leave the picture."""

from __future__ import annotations

from dataclasses import dataclass

from duress.figures.text import LINE

_LETTER = 6.4
_REACH = (0.0, 16.0, 34.0)
_DIRECTIONS = ((1, 0), (1, -1), (-1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1))


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, by its centre and half sizes."""

    x: float
    y: float
    half_width: float
    half_height: float

    def overlap(self, other: Box) -> float:
        """Return the area shared with another rectangle."""
        wide = self.half_width + other.half_width - abs(self.x - other.x)
        high = self.half_height + other.half_height - abs(self.y - other.y)
        return max(0.0, wide) * max(0.0, high)

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the rectangle nearest to (x, y)."""
        return (
            min(max(x, self.x - self.half_width), self.x + self.half_width),
            min(max(y, self.y - self.half_height), self.y + self.half_height),
        )

    def outside(self, width: float, height: float) -> float:
        """Return by how many pixels it sticks out of a picture of this size."""
        across = max(0.0, self.half_width - self.x) + max(0.0, self.x + self.half_width - width)
        return across + max(0.0, self.half_height - self.y) + max(0.0, self.y + self.half_height - height)


def place(
    anchors: list[tuple[float, float]], texts: list[str], others: list[tuple[float, float]], width: float, height: float
) -> list[Box]:
    """Choose a box for each text near its anchor: greedily, nearest first, off the other texts and points.

    Parameters
    ----------
    anchors, others : list of (x, y)
        Points that are labelled, and further points better left uncovered, in pixels from the top left.
    texts : list of str
        One per anchor; newlines break lines.
    """
    points = [Box(x, y, 6, 6) for x, y in [*anchors, *others]]
    placed: list[Box] = []
    for (x, y), text in zip(anchors, texts, strict=True):
        lines = text.split("\n")
        half_width, half_height = max(map(len, lines)) * _LETTER / 2, len(lines) * LINE / 2
        options = [
            (_beside(x, y, dx, dy, half_width, half_height, reach), rank)
            for rank, (reach, (dx, dy)) in enumerate((r, d) for r in _REACH for d in _DIRECTIONS)
        ]
        placed.append(min(options, key=lambda o, done=tuple(placed): _cost(*o, points, done, width, height))[0])
    return placed


def _beside(x: float, y: float, dx: int, dy: int, half_width: float, half_height: float, reach: float) -> Box:
    gap_x, gap_y = (4, 1) if dx and dy else (9, 7)
    return Box(x + dx * (half_width + gap_x + reach), y + dy * (half_height + gap_y + reach), half_width, half_height)


def _cost(box: Box, rank: int, points: list[Box], placed: tuple[Box, ...], width: float, height: float) -> float:
    on_text = sum(box.overlap(other) for other in placed)
    on_points = sum(box.overlap(point) for point in points)
    return 3 * on_text + 2 * on_points + 60 * box.outside(width, height) + 4 * rank
