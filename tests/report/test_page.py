"""What is written on a terminal can be read and copied there."""

from __future__ import annotations

import io

from rich.console import Console

from duress.report.page import WIDTH, Page


def test_no_word_of_a_command_is_cut() -> None:
    console = Console(file=io.StringIO(), width=WIDTH)
    words = ["duress", "fit", *["--against-some-other"] * 5, "/" + "long-folder/" * 10 + "fit.json", "--seed", "0"]
    Page(console).command(" ".join(words))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [word for line in lines for word in line.split()] == words
    assert [len(line) <= WIDTH for line in lines] == [words[7] not in line for line in lines]
    assert len(lines) > 2
