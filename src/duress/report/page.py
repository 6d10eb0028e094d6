"""Where every answer on a terminal is written: 80 columns, readable without colour."""

from __future__ import annotations

from textwrap import wrap

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 80
INDENT = 2
NUMBER_WIDTH = 9
BEST = "\u00a0*"
"""Ends a cell that is set off in bold."""

_SYMBOLS = str.maketrans({"\u2212": "-", "\u00a0": " ", "→": "->", "…": "...", "±": "+-"})


class Page:
    """A console written to in indented paragraphs and tables of a fixed width, in symbols it can show."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, WIDTH)
        encoding = (console.encoding or "utf-8").lower()
        self._encoding = "" if encoding.startswith("utf") else encoding

    def shown(self, text: str) -> str:
        """Return ``text`` in characters that the terminal has."""
        if not self._encoding:
            return text
        return text.translate(_SYMBOLS).encode(self._encoding, "replace").decode(self._encoding)

    def say(self, text: str, style: str = "", indent: int = INDENT) -> None:
        """Print a paragraph."""
        self._print(Text(self.shown(text), style=style, overflow="fold"), indent)

    def command(self, text: str) -> None:
        """Print a command; lines break between its words only, for what is cut in two cannot be copied."""
        for line in wrap(self.shown(text), self.width - INDENT, break_long_words=False, break_on_hyphens=False):
            self.line(Text(" " * INDENT + line))

    def line(self, text: Text) -> None:
        """Print one line as it is, however long."""
        self.console.print(text, highlight=False, no_wrap=True, overflow="ignore", crop=False)

    def head(self, text: str) -> None:
        """Start a section."""
        self.console.print()
        self.say(text, "bold", indent=0)

    def table(self, columns: list[tuple[str, int]], rows: list[list[str]]) -> None:
        """Print a table.

        Parameters
        ----------
        columns : list of (heading, width)
            A width of 0 makes a column of words, which share what is left; numbers stand to the right.
        """
        made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=False, padding=(0, 1))
        for heading, width in columns:
            made.add_column(
                Text(self.shown(heading), overflow="fold"),
                justify="right" if width else "left",
                width=width or None,
                overflow="fold",
            )
        for row in rows:
            made.add_row(*(Text(self.shown(cell), "bold" if cell.endswith(BEST) else "") for cell in row))
        self._print(made, INDENT)

    def _print(self, part: Text | Table, indent: int) -> None:
        """Print line by line, without the blanks that would fill each line to the edge."""
        options = self.console.options.update(width=self.width - indent)
        for segments in self.console.render_lines(part, options, pad=False):
            line = Text(" " * indent)
            for segment in segments:
                line.append(segment.text, segment.style)
            line.rstrip()
            self.line(line)
