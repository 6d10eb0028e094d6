"""The page on a game in progress: its blocks run, one after another, and its opponents are those there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from duress.play.opponents import OPPONENTS

PAGE = (Path(__file__).parents[2] / "docs" / "play.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(BLOCKS) == 5
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in BLOCKS:
        exec(block, names)
    assert "price" in names["table"]
    assert names["program"].startswith('"""')
    assert names["found"].sharpness[0].moves == 2


def test_the_opponents_are_those_there_are() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(OPPONENTS)
